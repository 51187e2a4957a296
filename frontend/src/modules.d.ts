declare module "@alpinejs/csp" {
  interface AlpineGlobal {
    start(): void;
    data(name: string, make: (...given: never[]) => object): void;
    store(name: string, value?: unknown): unknown;
  }
  const Alpine: AlpineGlobal;
  export default Alpine;
}
declare module "@tabler/core/dist/js/tabler.esm.js";
declare module "gridstack/dist/gridstack.min.css";
