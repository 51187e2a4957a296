/** At most a few questions at once, so that a big board does not choke the server. */

export class Queue {
  private waiting: (() => Promise<void>)[] = [];
  private running = 0;

  constructor(private readonly most: number) {}

  add(task: () => Promise<void>): void {
    this.waiting.push(task);
    this.next();
  }

  clear(): void {
    this.waiting = [];
  }

  private next(): void {
    const task = this.running < this.most ? this.waiting.shift() : undefined;
    if (!task) return;
    this.running += 1;
    void task().finally(() => {
      this.running -= 1;
      this.next();
    });
  }
}
