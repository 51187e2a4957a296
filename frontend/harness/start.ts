/** Chooses a page and a language from the address, then starts the real entry over made-up data. */

import { answer, DIMENSIONS, METRICS, values, type Lang } from "./company";
import { PAGES } from "./pages";
import { asQuestion } from "../src/data/question";

const search = new URLSearchParams(location.search);
const lang: Lang = search.get("lang") === "en" ? "en" : "zh";
const at = lang === "zh" ? 0 : 1;
document.documentElement.lang = lang === "zh" ? "zh-hans" : "en";
document.documentElement.setAttribute("data-bs-theme", search.get("theme") ?? "light");

const ORIGINAL = window.fetch.bind(window);
const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
const wait = (ms: number, signal?: AbortSignal | null) =>
  new Promise<void>((resolve, reject) => {
    setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
  });

async function respond(url: URL, init: RequestInit): Promise<Response> {
  const q = url.searchParams.get("q") ?? "";
  const body = init.body ? (JSON.parse(String(init.body)) as Record<string, unknown>) : {};
  await wait(url.pathname === "/mock/ask" ? 120 : 30, init.signal);
  switch (url.pathname) {
    case "/mock/metrics":
      return json({
        metrics: Object.entries(METRICS)
          .filter(([name, metric]) =>
            `${name} ${metric.label.join(" ")} ${metric.pinyin}`.toLowerCase().includes(q.toLowerCase()),
          )
          .map(([name, metric]) => ({
            name,
            label: metric.label[at],
            unit: metric.unit,
            domain: metric.domain[at],
            certified: name !== "basket",
            url: `?page=charts#${name}`,
            meaning:
              lang === "zh"
                ? "已付款订单金额减去退款，按付款日期计"
                : "Paid order amount less refunds, by payment date",
          })),
      });
    case "/mock/dimensions": {
      const chosen = (url.searchParams.get("metrics") ?? "").split(",");
      const reach = chosen.includes("headcount") ? DIMENSIONS.slice(0, 1) : DIMENSIONS;
      return json({
        dimensions: reach.map((each) => ({
          path: each.path,
          label: each.label[at],
          type: each.type,
          grains: each.grains,
          group: each.group[at],
        })),
      });
    }
    case "/mock/values":
      return json({ values: values(url.searchParams.get("dimension") ?? "", q, lang) });
    case "/mock/ask":
      return ask(body);
    case "/mock/boards":
      return json({ boards: [{ id: 1, title: lang === "zh" ? "经营周报" : "Weekly review", addUrl: "/mock/add" }] });
    case "/mock/check":
      return json({ problems: check(String(body["yaml"])) });
    case "/mock/preview":
      return json({
        kind: "line",
        data: answer(asQuestion({ metrics: ["revenue"], by: ["metric_time.month"], since: "2025-07" }), lang),
      });
    case "/mock/save":
      return body["version"] === "stale"
        ? json({ what: "conflict", code: "conflict" }, 409)
        : json({ id: 7, version: Number(body["version"] ?? 0) + 1, url: "?page=board" });
    default:
      return json({ ok: true, url: "?page=board" });
  }
}

function ask(body: Record<string, unknown>): Response {
  const question = asQuestion(body);
  const strange = question.metrics.includes("headcount") && question.by.some((by) => !by.startsWith("metric_time"));
  if (strange || question.limit === 13)
    return json(
      {
        code: "metric-has-no-dimension",
        what:
          lang === "zh"
            ? "在职人数没有「客户区域」：人员与客户没有关联"
            : "headcount has no customer.region: people are not linked to customers",
        hint: lang === "zh" ? "可用的维度：日期" : "It can be split by: metric_time",
      },
      422,
    );
  return json(answer(question, lang));
}

function check(yaml: string): object[] {
  const lines = yaml.split("\n");
  return lines.flatMap((line, index) =>
    /direction: (?!(?:up|down|band|none)\b)\S+/.test(line)
      ? [
          {
            line: index + 1,
            col: line.indexOf(":") + 3,
            code: "unknown-choice",
            what: lang === "zh" ? "方向只能是 up、down、band 或 none" : "direction must be up, down, band or none",
            hint: lang === "zh" ? "是否想写 up？" : "Did you mean up?",
          },
        ]
      : [],
  );
}

window.fetch = async (input, init = {}) => {
  const url = new URL(input instanceof Request ? input.url : String(input), location.href);
  return url.pathname.startsWith("/mock/") ? respond(url, init) : ORIGINAL(input, init);
};

const page = search.get("page") ?? (search.has("metrics") ? "explorer" : "charts");
const link = (changes: Record<string, string>) =>
  `?${new URLSearchParams({ page, lang, theme: search.get("theme") ?? "light", ...changes }).toString()}`;
for (const name of Object.keys(PAGES)) {
  const anchor = document.createElement("a");
  anchor.href = link({ page: name });
  anchor.textContent = name;
  document.getElementById("pages")?.append(anchor);
}
document.getElementById("other-language")?.setAttribute("href", link({ lang: lang === "zh" ? "en" : "zh" }));

const stage = document.getElementById("stage") as HTMLElement;
for (const [index, { island, props, width, card }] of (PAGES[page]?.(lang) ?? []).entries()) {
  const script = document.createElement("script");
  script.type = "application/json";
  script.id = `props-${index}`;
  script.textContent = JSON.stringify(props);
  const host = document.createElement("div");
  host.dataset["island"] = island;
  host.dataset["props"] = script.id;
  const column = document.createElement("div");
  column.className = width;
  const frame = document.createElement("div");
  frame.className = card ? "card card-body" : "";
  frame.append(script, host);
  column.append(frame);
  stage.classList.add("row", "row-cards");
  stage.append(column);
}

void import("../src/main");
