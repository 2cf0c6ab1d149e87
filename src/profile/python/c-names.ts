// What C functions of CPython are called in Python: `list_contains` is `list.__contains__`, `builtin_sum` is `sum`. By CPython's own
// conventions: slots and methods are TYPE_SLOT and TYPE_METHOD, functions of modules MODULE_FUNCTION (Argument Clinic), with `_impl`
// behind what Clinic wraps. Functions that these tables do not know are the interpreter's own business (interpreter.ts).

/** C prefix of a type's functions → the type. Longest first where one begins another. */
const TYPES: Readonly<Record<string, string>> = {
  list: 'list', listiter: 'list_iterator', dict: 'dict', dictiter: 'dict_iterator', dictview: 'dict_view', dictkeys: 'dict_keys', dictitems: 'dict_items', dictvalues: 'dict_values', odict: 'OrderedDict',
  set: 'set', frozenset: 'frozenset', setiter: 'set_iterator', tuple: 'tuple', tupleiter: 'tuple_iterator',
  unicode: 'str', unicode_ascii_iter: 'str_iterator', unicodeiter: 'str_iterator', bytes: 'bytes', bytearray: 'bytearray', bytesiter: 'bytes_iterator',
  memory: 'memoryview', memoryview: 'memoryview', long: 'int', int: 'int', float: 'float', bool: 'bool', complex: 'complex',
  range: 'range', rangeiter: 'range_iterator', longrangeiter: 'range_iterator', slice: 'slice', enum: 'enumerate', zip: 'zip', map: 'map', filter: 'filter', reversed: 'reversed',
  deque: 'deque', dequeiter: 'deque_iterator', defdict: 'defaultdict', array: 'array', arrayiter: 'array_iterator', weakref: 'weakref', proxy: 'weakref.proxy',
  partial: 'functools.partial', bounded_lru_cache: 'functools.lru_cache', infinite_lru_cache: 'functools.lru_cache', uncached_lru_cache: 'functools.lru_cache', lru_cache: 'functools.lru_cache',
  chain: 'itertools.chain', islice: 'itertools.islice', product: 'itertools.product', permutations: 'itertools.permutations', combinations: 'itertools.combinations', groupby: 'itertools.groupby', count: 'itertools.count', accumulate: 'itertools.accumulate', repeat: 'itertools.repeat', starmap: 'itertools.starmap', takewhile: 'itertools.takewhile', dropwhile: 'itertools.dropwhile', cycle: 'itertools.cycle', tee: 'itertools.tee', zip_longest: 'itertools.zip_longest',
  itemgetter: 'operator.itemgetter', attrgetter: 'operator.attrgetter', methodcaller: 'operator.methodcaller',
  bufferedreader: 'io.BufferedReader', bufferedwriter: 'io.BufferedWriter', buffered: 'io.Buffered', textiowrapper: 'io.TextIOWrapper', fileio: 'io.FileIO', bytesio: 'io.BytesIO', stringio: 'io.StringIO',
  match: 're.Match', pattern: 're.Pattern', exceptiongroup: 'ExceptionGroup', decimal: 'decimal.Decimal', dec: 'decimal.Decimal', nm: 'decimal.Decimal', datetime: 'datetime', date: 'date', delta: 'timedelta', pysqlite_connection: 'sqlite3.Connection', pysqlite_cursor: 'sqlite3.Cursor', pysqlite_row: 'sqlite3.Row', pysqlite_blob: 'sqlite3.Blob',
};

/** What follows a type's prefix, where Python calls it otherwise. A leading blank: written behind the type instead of as a method. */
const SLOTS: Readonly<Record<string, string>> = {
  contains: '__contains__', subscript: '__getitem__', ass_subscript: '__setitem__', item: '__getitem__', getitem: '__getitem__', ass_item: '__setitem__', ass_slice: '__setitem__', slice: '__getitem__', ass_sub: '__setitem__', length: '__len__', len: '__len__',
  richcompare: ' comparison', compare: ' comparison', hash: '__hash__', repr: '__repr__', str: '__str__', iter: '__iter__', next: '__next__', iternext: '__next__', call: '__call__', wrapper: '__call__',
  concat: '__add__', inplace_concat: '__iadd__', repeat: '__mul__', inplace_repeat: '__imul__',
  add: '__add__', sub: '__sub__', subtract: '__sub__', mul: '__mul__', multiply: '__mul__', div: '__truediv__', true_divide: '__truediv__', divide: '__truediv__', floor_div: '__floordiv__', div_mod: '__divmod__', divmod: '__divmod__', mod: '__mod__', rem: '__mod__', remainder: '__mod__', pow: '__pow__', power: '__pow__',
  neg: '__neg__', negative: '__neg__', abs: '__abs__', absolute: '__abs__', invert: '__invert__', lshift: '__lshift__', rshift: '__rshift__', and: '__and__', or: '__or__', xor: '__xor__', bool: '__bool__', float: '__float__', long: '__int__', index: 'index',
  iadd: '__iadd__', isub: '__isub__', iand: '__iand__', ior: '__ior__', ixor: '__ixor__', inplace_add: '__iadd__', enter: '__enter__', exit: '__exit__', format: 'format', sizeof: '__sizeof__', reduce: '__reduce__',
  new: '()', vectorcall: '()', init: '()', tp_new: '()', new_impl: '()', dealloc: ' deallocation', traverse: ' garbage collection', tp_clear: ' garbage collection',
};

/** Methods that sets have in common, and the number protocol of sets, belong to a type that takes `add` as a method. */
const METHODS: Readonly<Record<string, string>> = {
  'set_add': 'set.add', 'deque_add': 'deque.__add__', 'unicode_mod': 'str.__mod__', 'unicode_format': 'str.format', 'unicode_index': 'str.index', 'list_index': 'list.index', 'tuple_index': 'tuple.index',
  'long_index': 'int.__index__', 'bool_bool': 'bool.__bool__', 'unicode_getitem': 'str.__getitem__', 'list_repeat': 'list.__mul__', 'set_or': 'set.__or__', 'delta_add': 'timedelta.__add__', 'repeat_next': 'itertools.repeat.__next__',
  'tupledealloc': 'tuple deallocation', 'subtype_dealloc': 'object deallocation', 'object_dealloc': 'object deallocation', 'array_item': 'array.__getitem__', 'os_listdir': 'os.listdir', 'wrap_strftime': 'strftime',
  's_pack': 'struct.Struct.pack', 's_unpack': 'struct.Struct.unpack', 'long_to_decimal_string': 'int.__repr__', 'long_to_decimal_string_internal': 'int.__repr__',
  'object_richcompare': 'object comparison', 'scanner_call': 'json scanner', 'encoder_call': 'json encoder', 'py_scanstring': 'json.scanstring', 'py_encode_basestring_ascii': 'json.encode_basestring_ascii', 'py_encode_basestring': 'json.encode_basestring',
  'gc_collect_main': 'garbage collection', 'gc_collect_region': 'garbage collection', 'gc_collect_young': 'garbage collection', 'gc_collect_increment': 'garbage collection', '_PyGC_Collect': 'garbage collection', '_Py_RunGC': 'garbage collection', 'PyGC_Collect': 'garbage collection', 'gc_collect_internal': 'garbage collection',
  'take_gil': 'waiting for the GIL',
  '_PyLong_Add': 'int.__add__', '_PyLong_Subtract': 'int.__sub__', '_PyLong_Multiply': 'int.__mul__', '_PyCompactLong_Add': 'int.__add__', '_PyCompactLong_Subtract': 'int.__sub__', '_PyCompactLong_Multiply': 'int.__mul__',
  'PyUnicode_Concat': 'str.__add__', 'PyUnicode_Append': 'str.__add__', 'PyUnicode_Join': 'str.join', '_PyUnicode_JoinArray': 'str.join', 'PyUnicode_Format': 'str.__mod__', 'PyUnicode_RichCompare': 'str comparison', 'PyUnicode_Contains': 'str.__contains__', 'PyUnicode_Split': 'str.split', 'PyUnicode_Replace': 'str.replace',
  'PyList_Append': 'list.append', '_PyList_Extend': 'list.extend', 'PyList_Sort': 'list.sort', 'PyDict_Copy': 'dict.copy', 'PyDict_Update': 'dict.update', 'PyDict_Merge': 'dict.update', 'PySet_Add': 'set.add', 'PySet_Contains': 'set.__contains__',
};

/** C prefix of a built-in module's functions → the module; '' for built-in functions. */
const MODULES: Readonly<Record<string, string>> = {
  builtin: '', math: 'math', cmath: 'cmath', os: 'os', posix: 'os', sys: 'sys', gc: 'gc', time: 'time', marshal: 'marshal', zlib: 'zlib', binascii: 'binascii', select: 'select', itertools: 'itertools', errno: 'errno', atexit: 'atexit', _imp: '_imp', imp: '_imp',
  _io: 'io', io: 'io', _sre: 're', sre: 're', _random: 'random', random: 'random', _json: 'json', _struct: 'struct', struct: 'struct', _functools: 'functools', functools: 'functools', _operator: 'operator', _collections: 'collections', collections: 'collections', _thread: 'threading', thread: 'threading', lock: 'threading.Lock', rlock: 'threading.RLock', _abc: 'abc', _bisect: 'bisect', _heapq: 'heapq', _codecs: 'codecs', codecs: 'codecs', _asyncio: 'asyncio', _datetime: 'datetime', _pickle: 'pickle', _csv: 'csv', _hashlib: 'hashlib', hashlib: 'hashlib', _weakref: 'weakref', _warnings: 'warnings', warnings: 'warnings', _socket: 'socket', sock: 'socket', _elementtree: 'xml.etree', unicodedata: 'unicodedata', pyexpat: 'xml.parsers.expat', _string: 'string', _symtable: 'symtable', _tracemalloc: 'tracemalloc', _typing: 'typing', _contextvars: 'contextvars', _queue: 'queue', _bz2: 'bz2', _lzma: 'lzma', _zstd: 'zstd', _md5: 'hashlib', _sha1: 'hashlib', _sha2: 'hashlib', _blake2: 'hashlib', _posixsubprocess: 'subprocess', fcntl: 'fcntl', mmap: 'mmap', signal: 'signal', faulthandler: 'faulthandler',
};

/** Of modules whose functions name a class that Python calls otherwise, or twice. */
const CLASSES: readonly (readonly [RegExp, string])[] = [
  [/^re\.SRE_(Pattern|Match)\./, 're.$1.'],
  [/^random\.Random\./, 'Random.'],
  [/^io\.open$/, 'open'],
];

/** What compilers and link-time optimization put behind a name: `.lto_priv.0`, `.constprop.1`, `.isra.0`, `.part.0`, `.cold`, `.llvm.123`, `@@GLIBC_2.34`. */
const CLONE = /(\.(lto_priv|constprop|isra|part|llvm|localalias)(\.\d+)*|\.(cold|warm|hot)(\.\d+)?|\.\d+|@@?\w[\w.]*)+$/;

/** A function's name without what tells its copies apart. */
export function withoutClone(symbol: string): string {
  return symbol.replace(CLONE, '');
}

/** The Python name of a C function of the interpreter (`withoutClone`), or undefined where the developer knows no such thing. */
export function pythonNameOf(symbol: string): string | undefined {
  const name = symbol.replace(/_(impl|lock_held|unlocked)$/, '');
  if (Object.hasOwn(METHODS, name)) return METHODS[name];
  if (!/^_?[a-z]/.test(name) || /^_Py/.test(name)) return undefined;
  // The longest prefix that is known, so that `unicode_ascii_iter_next` is no method of `unicode`.
  for (let at = name.lastIndexOf('_'); at > 0; at = name.lastIndexOf('_', at - 1)) {
    const prefix = name.slice(0, at);
    const rest = name.slice(at + 1);
    const type = Object.hasOwn(TYPES, prefix) ? TYPES[prefix]! : undefined;
    const module = Object.hasOwn(MODULES, prefix) ? MODULES[prefix]! : undefined;
    if (type === undefined && module === undefined) continue;
    if (type !== undefined && Object.hasOwn(SLOTS, rest)) return joined(type, SLOTS[rest]!);
    if (module !== undefined) return classed(module === '' ? rest : `${module}.${rest.replace(/^([A-Z]\w*?)_(?=[a-z_])/, (_, owner: string) => `${owner}.`)}`);
    if (type !== undefined) return joined(type, rest.replace(/^_+/, '') === rest ? rest : `__${rest.replace(/^_+|_+$/g, '')}__`);
  }
  return undefined;
}

function joined(type: string, member: string): string {
  return member.startsWith(' ') || member === '()' ? `${type}${member}` : `${type}.${member}`;
}

function classed(name: string): string {
  return CLASSES.reduce((text, [pattern, better]) => text.replace(pattern, better), name);
}
