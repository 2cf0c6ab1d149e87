// Rust for bench/record-inlines.sh: iterators, hashing, sorting and text, nearly all of it inlined. Argument: seconds.
use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

fn mix(mut x: u64) -> u64 {
    x ^= x << 13;
    x ^= x >> 7;
    x ^ (x << 17)
}

trait Shape {
    fn area(&self) -> f64;
}
struct Square(f64);
struct Circle(f64);
impl Shape for Square {
    fn area(&self) -> f64 {
        self.0 * self.0
    }
}
impl Shape for Circle {
    fn area(&self) -> f64 {
        self.0.sqrt() * std::f64::consts::PI
    }
}

#[inline(never)]
fn counted(n: u64) -> HashMap<u64, u64> {
    let mut map = HashMap::new();
    (0..n).map(mix).for_each(|x| *map.entry(x % 977).or_insert(0) += x & 15);
    map
}

#[inline(never)]
fn sorted(map: &HashMap<u64, u64>) -> Vec<u64> {
    let mut values: Vec<u64> = map.iter().filter(|(key, _)| mix(**key) & 1 == 0).map(|(key, value)| key ^ value).collect();
    values.sort_by_key(|x| mix(*x));
    values
}

#[inline(never)]
fn words(values: &[u64]) -> BTreeMap<String, usize> {
    let mut tree = BTreeMap::new();
    for value in values {
        let text = format!("{:x}", mix(*value));
        tree.entry(text.chars().rev().take(4).collect::<String>()).and_modify(|n| *n += 1).or_insert(1);
    }
    tree
}

#[inline(never)]
fn areas(n: usize) -> f64 {
    let shapes: Vec<Box<dyn Shape>> = (0..n).map(|i| if mix(i as u64) & 1 == 0 { Box::new(Square(i as f64)) as Box<dyn Shape> } else { Box::new(Circle(i as f64)) }).collect();
    shapes.iter().map(|shape| shape.area()).sum()
}

fn main() {
    let seconds = std::env::args().nth(1).and_then(|word| word.parse().ok()).unwrap_or(2);
    let begin = Instant::now();
    let mut sum = 0.0;
    while begin.elapsed() < Duration::from_secs(seconds) {
        let map = counted(20_000);
        let values = sorted(&map);
        sum += words(&values).len() as f64 + areas(5_000);
    }
    println!("{sum}");
}
