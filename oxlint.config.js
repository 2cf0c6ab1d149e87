// The layer rule, as an allow-list: what a room's line does not name it may not import. "values" may be used at run time,
// "types" in `import type` only, "packages" are npm packages; files of the own room and bytes/ are always allowed, `node:*` where
// "node" stands. test/project/layers.test.ts plants violations and sees them reported.
// `npm run lint` names this file with -c.

import { readdirSync } from 'node:fs';

const below = ['elf', 'dwarf', 'demangle', 'perfdata', 'jit', 'process', 'unwind', 'symbols', 'profile'];

const ROOMS = {
  bytes: { packages: ['binary-parser'] },
  demangle: {},
  elf: { packages: ['elfy'] },
  dwarf: {},
  perfdata: {},
  jit: { values: ['dwarf'] },
  process: { values: ['perfdata'] },
  unwind: { values: ['dwarf'] },
  symbols: { values: ['elf', 'dwarf', 'jit', 'demangle'], files: ['process/module.ts'] },
  profile: { values: ['symbols', 'unwind', 'process', 'jit', 'perfdata'], types: ['elf', 'dwarf', 'demangle'] },
  // script, the header and the dump show the format itself.
  views: { values: ['profile', 'perfdata'], types: below, packages: ['@alexaltea/capstone-js'] },
  formats: { values: ['profile'], types: below, packages: ['hyparquet-writer/**'] },
  page: { values: [...below, 'views', 'formats'] },
  // What a page shows is made and packed outside of browsers too.
  node: { values: [...below, 'views', 'formats'], files: ['page/data/*.ts'], packages: ['node:**'], publicIndex: true },
  cli: { values: [...below, 'views', 'formats', 'node'], packages: ['node:**', 'yargs', 'string-width', 'ansi-escapes'], publicIndex: true },
};

const folders = readdirSync(new URL('src', import.meta.url), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
const rooms = [...new Set([...Object.keys(ROOMS), ...folders])];

/** A pattern for imports of these rooms by a relative path, at any depth; none for no rooms. */
function into(names, more) {
  return names.length === 0 ? [] : [{ regex: `^(\\.\\./)+(${names.join('|')})/`, ...more }];
}

/** Seen from a file of a room, and from one in a folder of a room. */
const inEitherDepth = (path) => [`../${path}`, `../../${path}`];

function rulesFor(room) {
  const { values = [], types = [], packages = [], files = [], publicIndex = false } = ROOMS[room] ?? {};
  const partly = files.map((file) => `${file.split('/')[0]}/**`);
  const others = rooms.filter((name) => name !== room && name !== 'bytes' && !values.includes(name) && !partly.includes(`${name}/**`));
  const message = `${room}/ may import ${['bytes', ...values, ...files, ...packages].join(', ')}${types.length === 0 ? '' : `, and types of ${types.join(', ')}`} (oxlint.config.js)`;
  return [
    'error',
    {
      patterns: [
        ...into(others.filter((name) => types.includes(name)), { allowTypeImports: true, message }),
        ...into(others.filter((name) => !types.includes(name)), { message }),
        ...(publicIndex ? [] : [{ regex: '^(\\.\\./)+index\\.ts$', message: 'src/index.ts is for users of the library' }]),
        // As in .gitignore the last one that fits decides. One group: a second one would let through what the first has caught.
        { group: ['**', '!./**', '!../**', ...partly.flatMap(inEitherDepth), ...files.flatMap(inEitherDepth).map((path) => `!${path}`), ...packages.map((name) => `!${name}`)], message },
      ],
    },
  ];
}

export default {
  plugins: ['import', 'typescript', 'oxc'],
  categories: { correctness: 'error', suspicious: 'off', perf: 'off' },
  ignorePatterns: ['dist/**', '.build-*/**', 'node_modules/**', 'testdata/**'],
  rules: {
    'import/no-cycle': 'error',
    'import/no-default-export': 'error',
    'typescript/no-explicit-any': 'error',
    'no-console': 'error',
    'no-var': 'error',
    'prefer-const': 'error',
    eqeqeq: 'error',
    'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
  },
  overrides: [
    ...rooms.map((room) => ({ files: [`src/${room}/**`], rules: { 'no-restricted-imports': rulesFor(room) } })),
    // What is public: any room but those that need Node.
    { files: ['src/*.ts'], rules: { 'no-restricted-imports': ['error', { patterns: [{ regex: '^\\./(node|cli|page)/', message: 'the library must run in a browser' }, { group: ['**', '!./**'], message: 'the library imports its own rooms only' }] }] } },
    { files: ['oxlint.config.js'], rules: { 'import/no-default-export': 'off' } },
    { files: ['bench/**', 'scripts/**'], rules: { 'no-console': 'off' } },
  ],
};
