import { describe, expect, it } from "vitest";
import { asEdges, pathThrough, placeNodes, PASSING } from "../src/lineage/layers";

const nodes = [
  { id: "col", kind: "column", label: "col" },
  { id: "data", kind: "dataset", label: "data" },
  { id: "m1", kind: "metric", label: "m1" },
  { id: "m2", kind: "metric", label: "m2" },
  { id: "dash", kind: "dashboard", label: "dash" },
];
const edges = asEdges(
  [
    { from: "col", to: "data" },
    { source: "data", target: "m1" },
    { from: "m1", to: "m2" },
    { from: "m2", to: "dash" },
    { from: "m1", to: "dash" },
    { from: "gone", to: "m1" },
  ],
  new Set(nodes.map((node) => node.id)),
);

describe("lineage", () => {
  it("stands left to right, dashboards last", () => {
    const { layers } = placeNodes(nodes, edges);
    expect(layers.map((layer) => layer.filter((node) => node.kind !== PASSING).map((node) => node.id))).toEqual([
      ["col"],
      ["data"],
      ["m1"],
      ["m2"],
      ["dash"],
    ]);
  });

  it("keeps every kind of user on the right", () => {
    const users = ["view", "goal"].map((kind) => ({ id: kind, kind, label: kind }));
    const far = asEdges(
      users.map((user) => ({ from: "m1", to: user.id })),
      new Set(["m1", "view", "goal"]),
    );
    const { layers } = placeNodes([...nodes, ...users], [...edges, ...far]);
    expect(
      layers
        .at(-1)
        ?.map((node) => node.id)
        .sort(),
    ).toEqual(["dash", "goal", "view"]);
  });

  it("leads a long link around the nodes between", () => {
    const { routes } = placeNodes(nodes, edges);
    const long = routes.find((route) => route.from === "m1" && route.to === "dash");
    expect(long?.through.map((place) => place.kind)).toEqual(["metric", PASSING, "dashboard"]);
    const rows = placeNodes(nodes, edges)
      .layers[3]?.map((place) => place.row)
      .sort();
    expect(rows).toEqual([0, 1]);
  });

  it("ends on a circle of definitions", () => {
    const circle = [
      { from: "m1", to: "m2" },
      { from: "m2", to: "m1" },
    ];
    expect(placeNodes(nodes.slice(2, 4), circle).layers.flat().length).toBeGreaterThanOrEqual(2);
  });

  it("lights what leads to a node and what it leads to", () => {
    expect([...pathThrough("m1", edges)].sort()).toEqual(["col", "dash", "data", "m1", "m2"]);
    expect([...pathThrough("dash", [{ from: "m1", to: "dash" }])].sort()).toEqual(["dash", "m1"]);
  });
});
