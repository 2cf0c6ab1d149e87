#![allow(dead_code, unused, non_snake_case, uncommon_codepoints)]
use std::fmt::Debug;
pub trait Shape { fn area(&self) -> f64; fn def(&self) -> u32 { 1 } type Out; const N: usize; }
pub struct S<T, const N: usize>([T; N]);
pub struct L<'a>(&'a str);
impl<T: Copy, const N: usize> Shape for S<T, N> { #[inline(never)] fn area(&self) -> f64 { 1.0 } type Out = T; const N: usize = N; }
impl<T: Copy, const N: usize> S<T, N> { #[inline(never)] pub fn new(t: T) -> Self { S([t; N]) } #[inline(never)] pub fn map<F: Fn(T) -> T>(self, f: F) -> Self { S(self.0.map(f)) } }
impl<'a> L<'a> { #[inline(never)] pub fn get(&self) -> &'a str { self.0 } }
#[inline(never)] pub fn gen<T>(t: T) -> usize { std::hint::black_box(std::mem::size_of_val(&t)) }
#[inline(never)] pub fn konst<const B: bool, const C: char, const I: i32, const U: u8>() -> i32 { std::hint::black_box(I) }
#[inline(never)] pub fn dynf(f: &dyn Fn(&str) -> usize) -> usize { f("x") }
#[inline(never)] pub fn it<I: Iterator<Item = u8>>(i: I) -> usize { i.count() }
#[inline(never)] pub extern "C" fn ext(x: i32) -> i32 { std::hint::black_box(x) }
mod größe { #[inline(never)] pub fn straße() -> usize { std::hint::black_box(3) } pub mod 日本 { #[inline(never)] pub fn 語<T>(t: T) -> usize { super::super::gen(t) } } }
#[inline(never)] pub fn outer() -> usize { #[inline(never)] fn inner<T: Debug>(t: T) -> usize { let c = |x: usize| { let d = || x + super_gen(x); d() }; fn super_gen(x: usize) -> usize { crate::gen(x) } c(crate::gen(t)) } inner(1u8) + inner("a") }
fn main() {
  let s = S::<i32, 3>::new(1).map(|x| x + 1); s.area(); s.def(); let l = L("a"); l.get();
  gen(1i8); gen(1u128); gen(1i128); gen(1isize); gen(1f32); gen(1f64); gen('a'); gen(true); gen(()); gen((1u8,)); gen((1u16, 1u64)); gen([1u8; 4]); gen(&[1i16][..]); gen("str"); gen(&mut 1i64);
  gen(&1u32 as *const u32); gen(&mut 1u32 as *mut u32); gen(main as fn()); gen(ext as extern "C" fn(i32) -> i32); gen(gen::<u8> as fn(u8) -> usize);
  gen::<for<'a> fn(&'a u8) -> &'a u8>(|x| x); gen::<&dyn Debug>(&1); gen::<Box<dyn Fn(u8) -> u16 + Send>>(Box::new(|x| x as u16)); gen::<&dyn Iterator<Item = u8>>(&std::iter::empty()); gen::<Option<for<'a, 'b> fn(&'a u8, &'b u8) -> &'a u8>>(None);
  gen::<unsafe fn()>(un); gen::<Option<fn() -> !>>(None); gen::<&dyn for<'a> Fn(&'a str) -> &'a str>(&|x: &str| x); gen::<S<S<u8, 2>, 7>>(S([S([1; 2]), S([1;2]), S([1;2]), S([1;2]), S([1;2]), S([1;2]), S([1;2])]));
  konst::<true, 'x', -5, 255>(); konst::<false, '\'', 5, 0>(); konst::<false, 'é', -2147483648, 0>(); konst::<true, '\n', 0, 1>();
  dynf(&|s| s.len()); it([1u8, 2].into_iter().map(|x| x + 1).filter(|x| *x > 1)); größe::straße(); größe::日本::語(1u8); outer(); ext(1);
}
unsafe fn un() {}
