/** Wordings of the editor and the lineage graph. */

const zh = {
  unsaved: "有未保存的修改",
};

const en: Record<keyof typeof zh, string> = {
  unsaved: "There are unsaved changes",
};

export const editing = { zh, en };
