// Numbers of the DWARF standard (versions 2 to 5, clause 7) and of GNU's and MIPS' additions, as far as lines and inlined calls need
// them. Names are those of the standard, so that they can be looked up.

/** DW_UT_*: what a unit of `.debug_info` is, from version 5 on. */
export const UnitType = { Compile: 1, Type: 2, Partial: 3, Skeleton: 4, SplitCompile: 5, SplitType: 6 } as const;

/** DW_TAG_*. */
export const Tag = {
  LexicalBlock: 0x0b,
  CompileUnit: 0x11,
  InlinedSubroutine: 0x1d,
  CatchBlock: 0x25,
  Subprogram: 0x2e,
  TryBlock: 0x32,
  PartialUnit: 0x3c,
  SkeletonUnit: 0x4a,
} as const;

/** DW_AT_*. */
export const Attribute = {
  Sibling: 0x01,
  Name: 0x03,
  StatementList: 0x10,
  LowPc: 0x11,
  HighPc: 0x12,
  CompilationFolder: 0x1b,
  AbstractOrigin: 0x31,
  Specification: 0x47,
  Ranges: 0x55,
  CallFile: 0x58,
  CallLine: 0x59,
  LinkageName: 0x6e,
  StringOffsetsBase: 0x72,
  AddressBase: 0x73,
  RangeListsBase: 0x74,
  DwoName: 0x76,
  MipsLinkageName: 0x2007,
  GnuDwoName: 0x2130,
  GnuDwoId: 0x2131,
  GnuRangesBase: 0x2132,
  GnuAddressBase: 0x2133,
} as const;

/** DW_FORM_*. */
export const Form = {
  Address: 0x01,
  Block2: 0x03,
  Block4: 0x04,
  Data2: 0x05,
  Data4: 0x06,
  Data8: 0x07,
  String: 0x08,
  Block: 0x09,
  Block1: 0x0a,
  Data1: 0x0b,
  Flag: 0x0c,
  Sdata: 0x0d,
  StringPointer: 0x0e,
  Udata: 0x0f,
  ReferenceAddress: 0x10,
  Reference1: 0x11,
  Reference2: 0x12,
  Reference4: 0x13,
  Reference8: 0x14,
  ReferenceUdata: 0x15,
  Indirect: 0x16,
  SectionOffset: 0x17,
  ExpressionLocation: 0x18,
  FlagPresent: 0x19,
  StringIndex: 0x1a,
  AddressIndex: 0x1b,
  ReferenceSupplementary4: 0x1c,
  StringPointerSupplementary: 0x1d,
  Data16: 0x1e,
  LineStringPointer: 0x1f,
  ReferenceSignature8: 0x20,
  ImplicitConstant: 0x21,
  LocationListIndex: 0x22,
  RangeListIndex: 0x23,
  ReferenceSupplementary8: 0x24,
  StringIndex1: 0x25,
  StringIndex2: 0x26,
  StringIndex3: 0x27,
  StringIndex4: 0x28,
  AddressIndex1: 0x29,
  AddressIndex2: 0x2a,
  AddressIndex3: 0x2b,
  AddressIndex4: 0x2c,
  GnuAddressIndex: 0x1f01,
  GnuStringIndex: 0x1f02,
  GnuReferenceAlternate: 0x1f20,
  GnuStringPointerAlternate: 0x1f21,
} as const;

/** DW_RLE_*: entries of `.debug_rnglists`. */
export const RangeEntry = {
  EndOfList: 0,
  BaseAddressIndex: 1,
  StartIndexEndIndex: 2,
  StartIndexLength: 3,
  OffsetPair: 4,
  BaseAddress: 5,
  StartEnd: 6,
  StartLength: 7,
} as const;

/** DW_LNS_*: standard operations of a line program. */
export const LineOp = {
  Extended: 0,
  Copy: 1,
  AdvancePc: 2,
  AdvanceLine: 3,
  SetFile: 4,
  SetColumn: 5,
  NegateStatement: 6,
  BasicBlock: 7,
  ConstAddPc: 8,
  FixedAdvancePc: 9,
  PrologueEnd: 10,
  EpilogueBegin: 11,
  SetIsa: 12,
} as const;

/** DW_LNE_*: extended ones. */
export const ExtendedLineOp = { EndSequence: 1, SetAddress: 2, DefineFile: 3 } as const;

/** DW_LNCT_*: what is said of a folder or file in a line table of version 5. */
export const LineContent = { Path: 1, FolderIndex: 2 } as const;

/** DW_SECT_*: columns of the index of a package (`.debug_cu_index`), of version 5 and of GNU's before it. */
export const PackageColumn = {
  Info: 1,
  Abbreviations: 3,
  Line: 4,
  StringOffsets: 6,
  /** Version 5: `.debug_rnglists.dwo`. GNU's 8 is a section of macros. */
  RangeLists: 8,
} as const;
