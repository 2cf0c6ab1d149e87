import fc from 'fast-check';
import { win32 } from 'node:path';
import t from 'tap';
import { hostBaseName, hostName, hostPath, linkComponents } from '../../src/node/host-path.ts';

t.test('names by Windows rules', async (t) => {
  const cases: [string, string][] = [
    ['libc.so.6', 'libc.so.6'],
    ['a:b', 'a_b'],
    ['C:', 'C_'],
    ['x<y>z', 'x_y_z'],
    ['a|b?c*d"e', 'a_b_c_d_e'],
    ['back\\slash', 'back_slash'],
    ['..\\..\\etc', '.._.._etc'],
    ['bell\u0007', 'bell_'],
    ['dots...', 'dots___'],
    ['blank ', 'blank_'],
    ['aux', 'aux_'],
    ['AUX.so', 'AUX_.so'],
    ['com1.dump', 'com1_.dump'],
    ['nul.tar.gz', 'nul_.tar.gz'],
    ['auxiliary.so', 'auxiliary.so'],
    ['[vdso]', '[vdso]'],
    ['файл', 'файл'],
  ];
  for (const [name, expected] of cases) t.equal(hostName(name, 'windows'), expected, name);
  for (const name of ['', '.', '..']) t.equal(hostName(name, 'windows'), undefined);
  t.equal(hostPath('D:\\symfs', ['usr', 'lib', 'x.so'], 'windows'), 'D:\\symfs\\usr\\lib\\x.so');
  t.equal(hostPath('D:\\', ['x'], 'windows'), 'D:\\x');
  t.equal(hostPath('\\\\server\\share', ['a', 'b'], 'windows'), '\\\\server\\share\\a\\b');
  t.equal(hostPath('D:/symfs', ['a', '..', 'b'], 'windows'), undefined);
  t.equal(hostBaseName('D:\\dumps\\jit-1.dump', 'windows'), 'jit-1.dump');
  t.equal(hostBaseName('D:jit-1.dump', 'windows'), 'jit-1.dump');
  t.equal(hostBaseName('D:\\dumps/', 'windows'), 'dumps');
  t.same(linkComponents('..\\..\\x\\elf', 'windows'), { absolute: false, names: ['..', '..', 'x', 'elf'] });
  t.same(linkComponents('\\\\?\\D:\\symfs\\x', 'windows'), { absolute: true, names: ['symfs', 'x'] });
});

t.test('names by POSIX rules', async (t) => {
  for (const name of ['a:b', 'back\\slash', 'dots...', 'aux', 'C:', '\u0007']) t.equal(hostName(name, 'posix'), name);
  for (const name of ['', '.', '..', 'a/b', 'a\0b']) t.equal(hostName(name, 'posix'), undefined);
  t.equal(hostPath('/symfs', ['usr', 'x.so'], 'posix'), '/symfs/usr/x.so');
  t.equal(hostPath('/', ['x'], 'posix'), '/x');
  t.equal(hostBaseName('/a/jit-1.dump', 'posix'), 'jit-1.dump');
  t.same(linkComponents('/usr//lib/./x', 'posix'), { absolute: true, names: ['usr', 'lib', 'x'] });
});

t.test('whatever was recorded stays in the folder', async (t) => {
  const name = fc.oneof(fc.string(), fc.constantFrom('..', '.', 'C:', 'con', '..\\..', '\\\\server', 'a:stream', 'x.', '/etc'));
  fc.assert(
    fc.property(fc.array(name, { minLength: 1 }), (names) => {
      const path = hostPath('D:\\symfs', names, 'windows');
      if (path === undefined) return true;
      const normal = win32.resolve(path);
      return normal === path && normal.startsWith('D:\\symfs\\') && !/[<>"|?*:]/.test(normal.slice(2));
    }),
  );
  t.pass('nothing leads out');
});
