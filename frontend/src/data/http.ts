/** Request -> JSON, or a Fault that says what went wrong and what to do. */

import { say } from "../text/language";

export interface ProblemShape {
  code?: string;
  what?: string;
  hint?: string;
  where?: string | null;
  line?: number;
  col?: number;
}

/** What the server (or the way to it) refused, in words for people. */
export class Fault extends Error {
  constructor(
    readonly what: string,
    readonly hint: string,
    readonly code: string,
    readonly status: number,
    readonly problems: readonly ProblemShape[] = [],
  ) {
    super(what);
  }
}

/** The token against forged requests: from the page's htmx headers, a meta element, a form, or the cookie. */
export function csrfToken(): string {
  const headers = document.body.getAttribute("hx-headers");
  const told = headers ? (JSON.parse(headers) as Record<string, string>)["X-CSRFToken"] : undefined;
  if (told) return told;
  const meta = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content;
  const field = document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value;
  const cookie = /(?:^|; )(?:hedu_csrf|csrftoken)=([^;]+)/.exec(document.cookie)?.[1];
  return meta ?? field ?? decodeURIComponent(cookie ?? "");
}

type Body = Record<string, unknown>;

function faultOf(status: number, body: unknown): Fault {
  const held = (body ?? {}) as Body;
  const problems = (Array.isArray(held["problems"]) ? held["problems"] : []) as ProblemShape[];
  const first = problems[0] ?? {};
  const text = (...keys: string[]) =>
    keys.map((key) => held[key]).find((value) => typeof value === "string" && value) as string | undefined;
  const what = text("what", "title") ?? first.what ?? say(status === 403 ? "deniedWhat" : "serverWhat", { status });
  const hint = text("hint") ?? first.hint ?? text("detail") ?? say(status === 403 ? "deniedHint" : "serverHint");
  return new Fault(what, hint === what ? "" : hint, text("code") ?? first.code ?? String(status), status, problems);
}

async function send(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: "same-origin", ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Fault(say("offlineWhat"), say("offlineHint"), "offline", 0);
  }
  if (response.ok) {
    // A session that ended answers with the sign-in page instead of an error.
    if (response.redirected && (response.headers.get("content-type") ?? "").includes("text/html"))
      throw new Fault(say("signedOutWhat"), say("signedOutHint"), "signed-out", 401);
    return response;
  }
  const body = await response.json().catch(() => null);
  throw faultOf(response.status, body);
}

function initOf(method: string, body: unknown, signal?: AbortSignal): RequestInit {
  const headers: Record<string, string> = { Accept: "application/json", "X-Requested-With": "fetch" };
  if (method !== "GET") headers["X-CSRFToken"] = csrfToken();
  const init: RequestInit = { method, headers };
  if (body !== undefined) {
    headers["Content-Type"] = "application/json";
    init.body = JSON.stringify(body);
  }
  if (signal) init.signal = signal;
  return init;
}

export async function getJson<T>(url: string, signal?: AbortSignal): Promise<T> {
  return (await (await send(url, initOf("GET", undefined, signal))).json()) as T;
}

export async function sendJson<T>(
  method: "POST" | "PUT" | "DELETE",
  url: string,
  body: unknown,
  signal?: AbortSignal,
): Promise<T> {
  const response = await send(url, initOf(method, body, signal));
  const text = await response.text();
  return (text ? JSON.parse(text) : {}) as T;
}

export async function sendForBlob(url: string, body: unknown): Promise<Blob> {
  return (await send(url, initOf("POST", body))).blob();
}

/** `url` with its query set; empty values drop out. */
export function withQuery(url: string, values: Record<string, string | undefined>): string {
  const parts = Object.entries(values).filter((pair): pair is [string, string] => Boolean(pair[1]));
  if (!parts.length) return url;
  const text = parts.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`).join("&");
  return url + (url.includes("?") ? "&" : "?") + text;
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** Any thrown thing as a Fault, so that one panel renders all. */
export function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  console.error(error);
  return new Fault(say("serverWhat", { status: "" }), say("serverHint"), "unexpected", 0);
}

/** `dimensions_url` and `dimensionsUrl` are the same property. */
export function camelKeys<T>(props: unknown): T {
  const entries = Object.entries((props ?? {}) as Body);
  return Object.fromEntries(
    entries.map(([key, value]) => [key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()), value]),
  ) as T;
}
