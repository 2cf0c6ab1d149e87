// What compilers append to a Rust symbol: `.llvm.<hash>` goes, other suffixes (`.cold`, `.123`) stay, anything else means
// that the name is not Rust's.

const LLVM_HASH = /^\.llvm\.[0-9A-F@]*$/;
const WORDS = /^\.[!-~]*$/;

/** The part of `suffix` that is shown, undefined if no Rust symbol ends so. */
export function rustSuffix(suffix: string): string | undefined {
  if (suffix === '') return '';
  const llvm = suffix.indexOf('.llvm.');
  const shown = llvm >= 0 && LLVM_HASH.test(suffix.slice(llvm)) ? suffix.slice(0, llvm) : suffix;
  return shown === '' || WORDS.test(shown) ? shown : undefined;
}
