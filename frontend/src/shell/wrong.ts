/** "This number looks wrong", from any number an island shows: opens the form with its question. */

import type { Question } from "../data/question";
import { say } from "../text/language";
import type { MenuItem } from "./menu";

/** The line for a menu; none where the site takes no such word or nothing was asked. */
export function wrongItem(question: Partial<Question> | null | undefined): MenuItem[] {
  const form = document.body.dataset["raise"];
  if (!form || !question?.metrics?.length) return [];
  return [
    {
      label: say("looksWrong"),
      run: () => window.location.assign(wrongAddress(form, question, window.location.pathname)),
    },
  ];
}

export function wrongAddress(form: string, question: Partial<Question>, place: string): string {
  const asked = Object.entries(question).filter(([, value]) => value && (!Array.isArray(value) || value.length));
  const search = new URLSearchParams({
    question: JSON.stringify(Object.fromEntries(asked)),
    place,
  });
  return `${form}?${search.toString()}`;
}
