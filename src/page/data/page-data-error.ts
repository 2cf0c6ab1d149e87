// What is wrong with the data of a page, in one line.

export class PageDataError extends Error {
  constructor(what: string) {
    super(`the data in this page cannot be read: ${what}`);
    this.name = 'PageDataError';
  }
}
