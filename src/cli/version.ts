// The package's version, as a constant so that `perfts --version` reads no file; test/project/package.test.ts holds it against package.json.

export const VERSION = '0.1.0';
