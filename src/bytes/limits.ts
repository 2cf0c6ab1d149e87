// Every upper bound that a reader sets on a number it finds in a file, with its reason. A count is moreover always checked
// against the bytes that are there: these bounds only keep a small file from asking for much.

/** A record's size is a u16 (FORMAT 2.0). */
export const MAX_RECORD_SIZE = 65_535;
/** PATH_MAX of Linux: the longest file name the kernel writes into a record. */
export const MAX_PATH = 4_096;
/** Longest symbol name that is kept whole; C++ names of 10 KB are real, beyond this nobody reads them. */
export const MAX_SYMBOL_NAME = 65_536;
/** zstd's own default limit for a decoder (2^27), and what its highest level asks for. As much is kept as was made, not as is claimed. */
export const MAX_ZSTD_WINDOW = 134_217_728;
/** Events in one recording: a kernel has some 2 500 tracepoints, a recording of all of them on 1 000 CPUs keeps its ids elsewhere. */
export const MAX_EVENTS = 65_536;
/** Steps of one DWARF expression; real ones have fewer than 20. */
export const MAX_EXPRESSION_STEPS = 1_024;
/** Depth of the stack machine of DWARF expressions. */
export const MAX_EXPRESSION_STACK = 256;
/** Frames of one stack when no limit is asked for: a dump of 64 KiB holds at most 8 192 return addresses. */
export const MAX_FRAMES = 8_192;
/** Bytes of stack that perfts/unwind asks a program's memory for: the usual limit of a stack (ulimit -s). */
export const MAX_UNWOUND_STACK = 8_388_608;
/** Frames of whole stacks that --stitch keeps: 8 MB. Beyond, no more are learnt. */
export const MAX_KNOWN_STACK_NODES = 262_144;
/** Words of recorded chains that are kept to know repeated ones by (profile/repeated-samples.ts): 8 MiB. */
export const MAX_REPEATED_WORDS = 2_097_152;
/** perf's default for --max-stack (kernel.perf_event_max_stack). Not ours: we have none. */
export const PERF_MAX_STACK = 127;
/** Pages of 4 KiB of the code of one file that are kept for guesses: a recording's guesses return to a few functions again and again. */
export const MAX_CODE_PAGES = 16;
/** Unwinding information of one piece of JIT code (a jitdump record of its own): CPython's has 76 bytes, V8's a few hundred. */
export const MAX_JIT_UNWINDING = 1_048_576;
/** Line table of one piece of JIT code: 17 bytes and more for each line of a function with all that was inlined into it. */
export const MAX_JIT_DEBUG_INFO = 16_777_216;
/** Entries of an ELF file's section or program header table: `-ffunction-sections` objects pass 65 279, none comes near this. */
export const MAX_ELF_SECTIONS = 262_144;
/** Bytes of one section after decompression; the largest .debug_info seen (Chrome) is 2 GB, which no typed array of ours will hold. */
export const MAX_SECTION_SIZE = 1_073_741_824;
/** Rows of one FDE: CPython's evaluator has some 2 000, generated parsers not many more. */
export const MAX_CFI_ROWS = 262_144;
/** Depth of DW_CFA_remember_state; compilers nest it once or twice. */
export const MAX_CFI_STATES = 256;
/** Expressions in the call frame information of one module; libraries with many realigned stacks have some ten thousand. */
export const MAX_CFI_EXPRESSIONS = 1_048_576;
/** One feature of a perf.data header: kept in memory. All formats of a kernel's events, the largest, stay in the file. */
export const MAX_FEATURE_SIZE = 268_435_456;
/** Files of a directory recording that are written at once. Each takes a descriptor, of which a process often has 1 024, and some 100 KiB: more ring buffers share them. */
export const MAX_DIRECTORY_FILES = 256;
/** Bytes of records that wait in memory for their turn in time; beyond, they are read again (perfdata/ordered-records.ts). */
export const MAX_HELD_BYTES = 8_388_608;
/** The same of records that were compressed, where there is no place to put them. */
export const MAX_KEPT_BYTES = 268_435_456;
/** Records that wait for their turn in time: two rounds of the ring buffers of 128 CPUs, full of samples of 250 bytes. One less than columns that are full (perfdata/order.ts). */
export const MAX_HELD_RECORDS = 524_287;
/** The same of a directory, each file of which is in the order of time: as much as one window of each file, but at least this. */
export const MAX_HELD_OF_FILES = 131_071;
/** Records of 16 bytes in the smallest window. */
export const MAX_HELD_OF_FILE = 4_096;
/** What one COMPRESSED record may make: perf compresses a ring buffer at a time, and the largest that anybody asks for (-m) is smaller. */
export const MAX_ZSTD_OUTPUT = 67_108_864;
/** Bytes that compressed records make of one byte: stacks that repeat to the last word come to some 3 000, runs of one byte to 32 768. */
export const MAX_ZSTD_RATIO = 4_096;
/** What compressed records may make before their ratio counts. */
export const MAX_ZSTD_UNPAID = 67_108_864;
/** How often a zstd stream may begin again, after damage or before its frame has ended: perf does it after an error of its own. */
export const MAX_ZSTD_RESTARTS = 64;
/** Nesting of a mangled name, and of what is printed for it; real names stay below 200, a stack of 450 KB holds this many. */
export const MAX_DEMANGLE_DEPTH = 600;
/** Steps of printing one demangled name: substitutions and back references can ask for exponentially many. */
export const MAX_DEMANGLE_STEPS = 100_000;
/** Bytes of a .gnu_debugdata after decompression: the symbol table of a whole browser takes some 20 MB. */
export const MAX_MINI_DEBUG_INFO = 67_108_864;
/** Register rules in all distinct sets of one module's call frame information; libpython has 170 sets of some 8. */
export const MAX_CFI_RULES = 1_048_576;
/** Operands and operators of one argument of a tracepoint's print format; the longest real ones have some 60. */
export const MAX_PRINT_NESTING = 1_000;
/** Columns a number or text of a tracepoint is padded to; real ones have at most 20. */
export const MAX_PRINT_WIDTH = 4_096;
/** Characters printed for one event of a tracepoint: its bytes are at most 64 KiB, as a hexadecimal dump three times as many. */
export const MAX_EVENT_TEXT = 262_144;
/** Characters of one tracepoint's format file; the largest of the 2 323 of Linux 6.18 has 5 523. */
export const MAX_FORMAT_TEXT = 65_536;
/** Characters of the declaration of one field in a format file. */
export const MAX_FIELD_DECLARATION = 1_024;
/** Bytes of one section of debugging information that are kept in blocks (dwarf/lazy-section.ts): then they are fetched anew. */
export const MAX_DWARF_BLOCKS = 33_554_432;
/** Bytes of units of .debug_info that are kept whole, together; a unit that is larger is kept alone. */
export const MAX_UNIT_BYTES = 134_217_728;
/** Bytes of one table of abbreviations: those of a whole browser linked as one unit take 100 KB. */
export const MAX_ABBREVIATIONS = 4_194_304;
/** Attributes in all tables of abbreviations that are kept: a unit's table has some 1 000, and neighbours may share one. */
export const MAX_ABBREVIATION_ATTRIBUTES = 524_288;
/** How often each byte of debugging information may be gone through: in a real file once or twice, and again where it was not kept. */
export const DWARF_WORK_FOR_A_BYTE = 64;
/** Address ranges of one entry; the largest units of real programs have some 10 000. */
export const MAX_RANGES_OF_ENTRY = 1_048_576;
/** Rows of line tables that are kept, of 16 bytes each: a program with 100 MB of debugging information has some 3 million. */
export const MAX_LINE_ROWS = 16_777_216;
/** Folders, and files, of one line table; one unit of a whole program has some 5 000. */
export const MAX_LINE_FILES = 65_536;
/** Calls inlined into one another at one address: compilers stop at some 50. */
export const MAX_INLINED_CALLS = 1_024;
/** Steps from an entry to the one that names its function: real ones have three. */
export const MAX_ORIGINS = 16;
/** Units in a package of split debugging information. */
export const MAX_PACKAGE_UNITS = 16_777_216;
/** Blanks before the name of a task in the tree of tasks; deeper than that only a chain of forks goes, which would print its square. */
export const MAX_TASK_INDENT = 256;
/** Bytes of samples that wait for their user chains: a thread's wait until it returns to user mode, some milliseconds. */
export const MAX_DEFERRED_BYTES = 67_108_864;
/** Jitdumps that one process may write or inherit: each is looked at for every address that is not remembered; true processes have one or two. */
export const MAX_JITDUMPS = 16;
/** Entries of a program header table: an executable has some 15, all of which may be looked at for a symbol. */
export const MAX_ELF_SEGMENTS = 256;
/** Functions of a Go program: the largest have a million. */
export const MAX_GO_FUNCTIONS = 16_777_216;
/** Symbols within symbols: labels in functions, functions in sections, no more. */
export const MAX_NESTED_SYMBOLS = 256;
/** Mangled names of one address of which the best is looked for: folding of equal code brings some hundred together, of which any will do. */
export const MAX_ALIASES = 256;
/** Characters of all call graphs of a report. The graphs of a chain's functions together are the square of its length. */
export const MAX_GRAPH_TEXT = 268_435_456;
/** CPUs that are written one by one in a recording's JSON, in all its records: 1 000 events on each of the 4 096 CPUs of the largest machines. A range of 65 536 takes a record of 16 bytes. */
export const MAX_CPUS_IN_JSON = 4_194_304;
/** Files in an archive: a whole machine maps some thousand. */
export const MAX_ARCHIVE_MEMBERS = 65_536;
/** Bytes of the list at an archive's end: each file takes its name and 46. */
export const MAX_ARCHIVE_DIRECTORY = 67_108_864;
/** Bytes of an archive's manifest: some 20 for each block of 256 KiB, so that a recording of 100 GB takes 8 MB. */
export const MAX_ARCHIVE_MANIFEST = 16_777_216;
/** Lists and objects within each other in a manifest: ours has four, and JSON.parse takes half a second for a million. */
export const MAX_MANIFEST_DEPTH = 32;
/** Bytes of one independent block of a file in an archive; ours have 256 KiB, eight of each open file are kept. */
export const MAX_ARCHIVE_BLOCK = 4_194_304;
/** Bytes of a file in an archive that says nothing of blocks (another tool has packed it again), which is kept whole in memory. */
export const MAX_ARCHIVE_WHOLE = 268_435_456;
/** Places at which cut stacks start, in all threads together, of which it is reckoned how deep they are; beyond these they are counted only. */
export const MAX_STACK_DEPTHS = 1_048_576;
/** Bytes that a debuginfod server may send for one file; the largest debug file that distributions have (a browser's) takes 2 GB. */
export const MAX_DEBUGINFOD_FILE = 4_294_967_296;
/** Characters of stacks that are kept as text while lines are made of samples (formats/stack-texts.ts): ten thousand deep ones. */
export const MAX_STACK_TEXTS = 33_554_432;
/** Files, links and folders of a tarball (`perf archive`): three for each file of a recording, and whole file systems have some hundred thousand. */
export const MAX_TAR_MEMBERS = 1_048_576;
/** Characters of all names and links in a tarball. */
export const MAX_TAR_NAMES = 67_108_864;
/** What a compressed tarball may unpack to, in a temporary file; the debug files of a browser and of all its libraries take 6 GB. */
export const MAX_TAR_SIZE = 17_179_869_184;
/** Bytes that a compressed tarball makes of one byte: symbol files come to 10. */
export const MAX_TAR_RATIO = 256;
/** What it may make before its ratio counts. */
export const MAX_TAR_UNPAID = 67_108_864;
/** Levels of a flame graph: each takes 17 pixels, and browsers draw no picture higher than 32 767. Deeper frames are part of their callers. */
export const MAX_FLAME_LEVELS = 1_900;
/** Bytes of a kernel module, packed or not: amdgpu has 30 million, with debugging information ten times as many, which is installed unpacked. */
export const MAX_KERNEL_MODULE = 268_435_456;
/** Bytes of the list of a kernel's modules (modules.dep); a distribution's has 700 000. */
export const MAX_MODULE_LIST = 16_777_216;
/** Days on which the samples of one exported recording were taken: each has an open file. */
export const MAX_DAYS_OF_RECORDING = 32;
/** Bytes of one function that are disassembled; the largest interpreters' loops have 100 000. */
export const MAX_ANNOTATED_CODE = 1_048_576;
/** Bytes of a source file that is shown beside instructions; SQLite in one file has 9 million. */
export const MAX_SOURCE_FILE = 33_554_432;
/** Characters of all source files that a page carries along; what compresses to a tenth, and is read by one person. */
export const MAX_PAGE_SOURCES = 4_194_304;
/** Source files that are looked for, for a page: a large C++ program names some thousand, most of them of libraries that are not there. */
export const MAX_PAGE_SOURCE_FILES = 4_096;
/** Functions whose instructions a page carries along, and all their instructions: 100 bytes of HTML each. */
export const MAX_PAGE_CODE_FUNCTIONS = 64;
export const MAX_PAGE_INSTRUCTIONS = 65_536;
/** Bytes that a page's data may unpack to: a hundred million samples come to less, and no browser shows these. */
export const MAX_PAGE_DATA = 2_147_483_648;
/** What a compressed tarball that was dropped on a page may unpack to: a browser keeps it in memory or where it likes. */
export const MAX_PAGE_TARBALL = 4_294_967_296;
/** Files and folders that `perfts serve` looks at for its list, and how deep below the folder it was given. */
export const MAX_SERVED_FILES = 20_000;
export const MAX_SERVED_DEPTH = 6;
/** Pages that `perfts serve` is asked for at a time; they are made one after the other. */
export const MAX_SERVED_WAITING = 16;
