#!/usr/bin/env bash
# Builds mediasoup's C++ worker from the sources inside the npm package against Debian's libraries, for machines that
# cannot fetch its prebuilt binary: nothing is downloaded, no file of the package is changed, and one line of one source
# is patched in a copy (see 4). Works with mediasoup 3.27.1; the packages it needs are in package-groups.mjs.
#
#   build-mediasoup-worker.sh PACKAGE OUTPUT      PACKAGE: node_modules/mediasoup; JOBS: compilers at a time
#
# Tells its progress on standard output: one line "sources N", then one "compiled FILE" for each.
set -euo pipefail
pkg=$(realpath "$1")
out=$(realpath -m "$2")
w=$pkg/worker
obj=$(dirname "$out")/objects
mkdir -p "$obj/gen/FBS" "$obj/compat/ankerl"

# 1. FlatBuffers headers (same flags as worker/fbs/FBS/meson.build).
flatc --cpp --cpp-field-case-style lower --reflect-names --scoped-enums \
  --filename-suffix '' -o "$obj/gen/FBS" "$w"/fbs/*.fbs

# 2. ankerl::unordered_dense (a header Debian 12 lacks) spelled as the std containers.
cat > "$obj/compat/ankerl/unordered_dense.h" <<'H'
#pragma once
#include <functional>
#include <unordered_map>
#include <unordered_set>
namespace ankerl::unordered_dense {
	template<typename T> using hash = std::hash<T>;
	template<typename K, typename V, typename H = std::hash<K>> using map = std::unordered_map<K, V, H>;
	template<typename K, typename H = std::hash<K>> using set = std::unordered_set<K, H>;
}
H

# 3. The libsrtp 3 calls the worker makes, over Debian's libsrtp 2.5.
cat > "$obj/compat/srtp.h" <<'H'
#pragma once
#include <srtp2/srtp.h>
#include <cstring>
#include <new>
constexpr auto srtp_err_status_buffer_small = static_cast<srtp_err_status_t>(28);
constexpr auto srtp_err_status_cryptex_err  = static_cast<srtp_err_status_t>(29);
struct srtp3_policy { srtp_policy_t p{}; unsigned char key[SRTP_MAX_KEY_LEN]{}; };
inline srtp_err_status_t srtp_policy_create(srtp3_policy** o)
{ *o = new (std::nothrow) srtp3_policy; return *o ? srtp_err_status_ok : srtp_err_status_alloc_fail; }
inline void srtp_policy_destroy(srtp3_policy* o) { delete o; }
inline srtp_err_status_t srtp_policy_set_ssrc(srtp3_policy* o, srtp_ssrc_t s)
{ o->p.ssrc = s; return srtp_err_status_ok; }
inline srtp_err_status_t srtp_policy_set_profile(srtp3_policy* o, srtp_profile_t f)
{
	const auto e = srtp_crypto_policy_set_from_profile_for_rtp(&o->p.rtp, f);
	return e ? e : srtp_crypto_policy_set_from_profile_for_rtcp(&o->p.rtcp, f);
}
inline srtp_err_status_t srtp_policy_add_key(srtp3_policy* o, const unsigned char* k, size_t kl,
  const unsigned char* s, size_t sl, const unsigned char*, size_t)
{
	if (kl + sl > sizeof o->key) return srtp_err_status_bad_param;
	std::memcpy(o->key, k, kl); std::memcpy(o->key + kl, s, sl); o->p.key = o->key;
	return srtp_err_status_ok;
}
inline srtp_err_status_t srtp_policy_set_allow_repeat_tx(srtp3_policy* o, bool v)
{ o->p.allow_repeat_tx = v; return srtp_err_status_ok; }
inline srtp_err_status_t srtp_policy_set_window_size(srtp3_policy* o, size_t v)
{ o->p.window_size = v; return srtp_err_status_ok; }
inline srtp_err_status_t srtp_create(srtp_t* t, srtp3_policy* o) { return srtp_create(t, &o->p); }
inline srtp_err_status_t srtp_stream_remove(srtp_t t, uint32_t ssrc) { return srtp_remove_stream(t, ssrc); }
// libsrtp 2 works in place, with int lengths.
template<typename F>
srtp_err_status_t srtp3_run(F f, srtp_t t, const uint8_t* i, size_t il, uint8_t* o, size_t* ol, size_t tail)
{
	if (il + tail > *ol) return srtp_err_status_buffer_small;
	if (o != i) std::memcpy(o, i, il);
	int n = static_cast<int>(il);
	const auto e = f(t, o, &n);
	if (!e) *ol = static_cast<size_t>(n);
	return e;
}
inline srtp_err_status_t srtp_protect(srtp_t t, const uint8_t* i, size_t il, uint8_t* o, size_t* ol, size_t)
{ return srtp3_run(static_cast<srtp_err_status_t (*)(srtp_t, void*, int*)>(srtp_protect), t, i, il, o, ol, SRTP_MAX_TRAILER_LEN); }
inline srtp_err_status_t srtp_protect_rtcp(srtp_t t, const uint8_t* i, size_t il, uint8_t* o, size_t* ol, size_t)
{ return srtp3_run(static_cast<srtp_err_status_t (*)(srtp_t, void*, int*)>(srtp_protect_rtcp), t, i, il, o, ol, SRTP_MAX_TRAILER_LEN + 4); }
inline srtp_err_status_t srtp_unprotect(srtp_t t, const uint8_t* i, size_t il, uint8_t* o, size_t* ol)
{ return srtp3_run(static_cast<srtp_err_status_t (*)(srtp_t, void*, int*)>(srtp_unprotect), t, i, il, o, ol, 0); }
inline srtp_err_status_t srtp_unprotect_rtcp(srtp_t t, const uint8_t* i, size_t il, uint8_t* o, size_t* ol)
{ return srtp3_run(static_cast<srtp_err_status_t (*)(srtp_t, void*, int*)>(srtp_unprotect_rtcp), t, i, il, o, ol, 0); }
#define srtp_policy_t srtp3_policy* // the policy is an opaque pointer in libsrtp 3
H

# 4. The one source fix: Debian's OpenSSL has KTLS on, and asks the BIO callback about it; the worker
#    answers 1 ("KTLS active") to every query, so OpenSSL allocates no write buffer and SSL_read
#    segfaults in the DTLS handshake. Give back the real result of every finished operation instead.
sed 's/(operationType == BIO_CB_RETURN)/((operationType \& BIO_CB_RETURN) != 0)/' \
  "$w/src/RTC/DtlsTransport.cpp" > "$obj/DtlsTransport.cpp"
! cmp -s "$w/src/RTC/DtlsTransport.cpp" "$obj/DtlsTransport.cpp" || { echo 'DtlsTransport.cpp: patch does not apply' >&2; exit 1; }

# 5. Compile the sources the package's own meson.build files list, and link.
{ grep -oE "'src/[^']+\.cpp'" "$w/meson.build" | tr -d "'"
  grep -oE "'libwebrtc/[^']+\.cc'" "$w/deps/libwebrtc/meson.build" | tr -d "'" | sed 's,^,deps/libwebrtc/,'
} | grep -v DepLibUring | sort -u > "$obj/sources"
echo "sources $(wc -l < "$obj/sources")"
cat > "$obj/Makefile" <<M
CXXFLAGS := -std=c++20 -O2 -DNDEBUG -w -pthread -DMS_LITTLE_ENDIAN -DMS_EXECUTABLE -DFLATBUFFERS_LOCALE_INDEPENDENT=1 \\
  -I$obj/compat -I$w/include -I$obj/gen -I$w/deps/libwebrtc -I$w/deps/libwebrtc/libwebrtc
OBJS := $(sed 's/\.[a-z]*$/.o/' "$obj/sources" | sed "s,^,$obj/o/," | tr '\n' ' ')
$out: \$(OBJS)
	g++ -pthread -s -o \$@.part \$^ -lsrtp2 -luv -lssl -lcrypto -lflatbuffers \\
	  \$(shell pkg-config --libs absl_strings absl_optional absl_bad_optional_access)
	mv \$@.part \$@
$obj/o/src/RTC/DtlsTransport.o: $obj/DtlsTransport.cpp ; @mkdir -p \$(@D); g++ \$(CXXFLAGS) -c \$< -o \$@.part && mv \$@.part \$@ && echo compiled \$(<F)
$obj/o/%.o: $w/%.cpp ; @mkdir -p \$(@D); g++ \$(CXXFLAGS) -c \$< -o \$@.part && mv \$@.part \$@ && echo compiled \$(<F)
$obj/o/%.o: $w/%.cc  ; @mkdir -p \$(@D); g++ \$(CXXFLAGS) -c \$< -o \$@.part && mv \$@.part \$@ && echo compiled \$(<F)
M
make -s -j"${JOBS:-$(nproc)}" -f "$obj/Makefile" "$out"
echo "built $out ($(stat -c %s "$out") bytes)"
