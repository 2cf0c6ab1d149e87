#include <vector>
#include <typeinfo>
#ifndef __clang__
#define _BitInt(x) int
#endif
#include <tuple>
#include <utility>
#include <concepts>
template<class...> struct P{};
template<int...> struct I{};
template<class T> concept C1 = sizeof(T)>0;
template<class T> requires C1<T> void req1(T){}
template<C1 T> void req2(T){}
void req3(C1 auto x){}
template<class T> void req4(T t) requires (C1<T> && sizeof(T)<100){}
template<class T> requires requires(T a){ a+a; typename T::x; {a.f()} -> C1; {a.g()} noexcept; requires sizeof(a)>1; } void req5(T t){}
struct X { typedef int x; int f(); void g() noexcept; }; X operator+(X,X);
template<class F> void call(F){}
struct Y { void xo(this Y&, int){} template<class S> void xo2(this S&&){} void r1()&{} void r2() const&&{} operator int(){return 0;} template<class T> operator T*(){return 0;}
  friend bool operator<=>(Y,Y){return 0;} };
template<class ...A> auto dd(A...a)->decltype((a+...)) {return (a+...);}
template<class ...A> auto dd2(A...a)->decltype((1+...+a)) {return (1+...+a);}
template<class ...A> auto dd3(A...a)->decltype((...,a)) {return (...,a);}
template<class ...A> auto dd4(A...a)->decltype((a+...+1)) {return (a+...+1);}
template<class T> auto e1(T t)->decltype(t->x, t.x, *t, &t, t++, ++t, -t, !t, ~t, t[1], t(1,2), t?1:2) ;
template<class T> auto e2(T t)->decltype(new T, new T(1), new T{1,2}, delete t, ::delete t, new(t) T) ;
template<class T> auto e3(T t)->decltype(static_cast<int>(t), (int)t, int(t), T{1,2}, T(1,2), sizeof(T), sizeof(t), alignof(T), noexcept(t), typeid(T), typeid(t), throw t, t.T::~T()) ;
template<class T> auto e4(T t)->decltype(T::x, T::template y<int>, T::y::z, ::req1(t), t.*t, t->*t, t<t, t>t, t>>t) ;
template<auto V> struct NT{};
struct S2 {int a; int b[2];};
void fff(int); struct Q{ int m; void mf(int) const; static int sm;};
template<template<class...> class TT> struct TTs{};
enum E {e1v, e2v}; enum class EC : char {a,b};
[[gnu::abi_tag("foo")]] int tagged(){return 0;}
int operator""_lit(unsigned long long){return 1;}
void nt1(NT<S2{1,{2,3}}>){} void nt2(NT<&fff>){} void nt3(NT<&Q::m>){} void nt4(NT<&Q::mf>){} void nt5(NT<nullptr>){} void nt6(NT<e2v>){} void nt7(NT<EC::b>){} void nt8(NT<1.5>){} void nt9(NT<'a'>){} void nt10(NT<true>){} void nt11(NT<-5>){} void nt12(NT<5ull>){} void nt13(NT<&Q::sm>){} void nt14(NT<(short)-3>){}
void tt(TTs<P>){} void tt2(TTs<std::tuple>){}
void ptrs(int(*)(int), int(&)[3], int(*)[3][4], int Q::*, void (Q::*)(int) const, void (Q::*)()&&, void (*const*)(int) noexcept, const volatile char*, int (*(*)(int))(char), void(*)(...), _BitInt(7), char8_t, char16_t, char32_t, wchar_t, _Float16, __int128, _Complex float, decltype(nullptr)){}
auto [b1,b2] = std::pair<int,int>{};
static auto [b3,b4] = std::pair<int,int>{};
thread_local Y* tl = new Y; const Y& rt = Y{};
struct V {virtual ~V(); virtual V* c();}; struct W: virtual V {W*c() override; ~W();}; V::~V(){} V*V::c(){return 0;} W::~W(){} W*W::c(){return this;} struct W3{virtual void q();}; void W3::q(){} struct W2: W3, W {W2*c()override;}; W2*W2::c(){return 0;}
template<class T, class U> void lam(){ auto l=[]<class A, int N, template<class> class TT, class... R>(A, int(&)[N], R...){ static int q; (void)q;}; int a[2]; l.template operator()<int,2,std::initializer_list,int,char>(1,a,1,'c'); call([](auto x, auto... y){}); call([](auto&& x, T t){ struct L{ void f(){ static int z; (void)z; } }; L().f(); }); call(l);}
void g(int x = []{ return 1;}()) ;
struct DA { void f(int a = []{return 2;}(), int b = []{return 3;}()){}  int nsdmi = []{return 4;}(); DA(){} DA(int):nsdmi(1){} }; struct DB: DA { using DA::DA; };
namespace { struct An{ void f(){} }; void anon(An*){} }
inline namespace v1 { template<class T> void inl(T){} }
union { struct { int z; } un; } uu; typedef struct { void m(){} } TD; void td(TD){ TD().m(); } auto unn(decltype(uu)*){}
template<class T> T var = T(); template int var<int>;
int main(){ req1(1); req2(1); req3(1); req4(1);  Y y; y.xo(1); y.xo2(); y.r1(); std::move((const Y&)y); ((const Y&&)y).r2(); (int)y; char*p=y; y<=>y; dd(1,2); dd2(1); dd3(1,2); dd4(1); lam<int,char>(); DA d; d.f(); DB db(1); anon(0); An().f(); inl(1); td({}); new W2; 
 call([](int,char){}); call([]<C1 T>(T){}); call([]<class T>(T) requires C1<T> {}); tagged(); 1_lit;}
template<class T> auto e5(T t)->decltype(t.f(), t + 1);
template<class T> auto e6(T t) -> decltype(t.~T());
template<class T> auto e7(T t) -> decltype(T::x);
template<class T> auto e8(T t) -> decltype(req1(t));
template<class T> auto e9(T t) -> decltype(::req1(t));
template<class T> auto ea(T t) -> decltype(new T{1});
template<class T> auto eb(T t) -> decltype(T{1}+int(t)+(int)t+static_cast<int>(t)+(t>1)+(t<<1)+(t?1:2)+sizeof(T)+sizeof(t)+alignof(T)+noexcept(t)+!t+~t+-t+ +t+t++ + ++t + *&t);
template<class T> auto ec(T t) -> decltype(typeid(T));
template<class T> auto ed(T t) -> decltype(throw t);
template<class T> auto ee(T t) -> decltype(t->f());
template<class T> auto ef(T t) -> decltype(t.template h<int>());
template<class T> auto eg(T t) -> decltype(&T::f);
template<class T> auto eh(T t) -> decltype(delete t);
template<class...T> auto ei(T...t) -> I<sizeof...(T), sizeof...(t)>{return {};}
template<class...T> auto ej(T...t) -> P<T*...>{return {};}
template<class...T> auto ek(T...t) -> decltype(dd(t...)) {return 0;}
template<class T> typename T::x el(typename T::x*) ;
template<class T, int N> void em(T (&)[N], int (&)[N+1]) {}
template<class T> auto en(T t) -> decltype(T::template y<int>::z);
template<class T> auto eo(T t) -> decltype(new (t) T(1));
template<class T> auto ep(T t) -> decltype(t.T::f());
template<class T> void eq(T) noexcept(noexcept(T())) {}
template<class T> void er(void(*)(T) noexcept(sizeof(T)>1)) {}
template<class T> auto es(T t) -> decltype(operator+(t,t));
template<class T> auto et(T t) -> decltype(t.operator+(1));
template<class T> T eu(S2 s, T t) requires (sizeof(S2{.a=1})>0) {return t;}
template<class T> auto ev(T t) -> decltype(S2{.b={[1]=2}});
struct ZZ { int f(); static int x; int operator+(int); template<class T> int h(); template<class T> struct y { static int z;};}; ZZ operator+(ZZ,ZZ); 
void use(){ ZZ z; X x; e5(z); e6(z); e7(z); e8(z); e9(1); ea(1); eb(1); ec(1); ed(1); ee(&z); ef(z); eg(z); eh(&z); ei(1,2); ej(1,2); ek(1,2); el<X>(0); int a2[2], a3[3]; em(a2,a3); en(z); ep(z); eq(1); er<int>(0); es(x); et(z); eu(S2(),1); }
namespace std { int foo; template<class T> void bar(T){} } void ub(){ std::bar(1); std::bar(std::vector<std::pair<int,std::vector<int>>>()); }
