/** Wordings of the explorer and the board. */

const zh = {
  search: "搜索",
};

const en: Record<keyof typeof zh, string> = {
  search: "Search",
};

export const exploring = { zh, en };
