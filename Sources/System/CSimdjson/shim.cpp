// SPDX-License-Identifier: Apache-2.0
#include "CSimdjson.h"

#include <simdjson.h>

#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <type_traits>

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::element_type;
using simdjson::dom::object;

namespace {

// Above this the parser's buffers are given back once a small document follows: one huge line must not cost its memory for ever.
constexpr size_t keptCapacity = size_t{1} << 20;
constexpr size_t firstCapacity = 4096;
// From here on a text is read where it lies, if it may be: small ones are copied into a buffer that is there anyway.
constexpr size_t largeText = size_t{64} << 10;
constexpr uintptr_t smallestPage = 4096;

// simdjson reads some bytes behind a text and uses none of them. Where these lie in the page of the last byte they are there to be read, and the
// text need not be copied: its documentation calls that free padding.
bool needsCopy(const uint8_t *text, size_t length) {
  const auto last = reinterpret_cast<uintptr_t>(text) + length - 1;
  return length < largeText || last % smallestPage + simdjson::SIMDJSON_PADDING >= smallestPage;
}

template <typename To, typename From> To bits(const From &from) {
  static_assert(sizeof(To) == sizeof(From), "the shim's structs mirror simdjson's, bit by bit");
  static_assert(std::is_trivially_copyable_v<To> && std::is_trivially_copyable_v<From>, "copied as bytes");
  To to;
  std::memcpy(static_cast<void *>(&to), &from, sizeof to);
  return to;
}

element open(simdjson_shim_element closed) { return bits<element>(closed); }
simdjson_shim_element close(element opened) { return bits<simdjson_shim_element>(opened); }

template <typename Iterator> Iterator openIterator(const uintptr_t (&words)[2]) {
  static_assert(sizeof(Iterator) == sizeof words && std::is_trivially_copyable_v<Iterator>, "two words");
  Iterator iterator;
  std::memcpy(static_cast<void *>(&iterator), words, sizeof words);
  return iterator;
}

template <typename Iterator> void closeIterator(const Iterator &iterator, uintptr_t (&words)[2]) {
  std::memcpy(words, static_cast<const void *>(&iterator), sizeof words);
}

template <typename Container> void begin(const Container &container, simdjson_shim_cursor *cursor) {
  closeIterator(container.begin(), cursor->position);
  closeIterator(container.end(), cursor->end);
}

bool isDigit(uint8_t byte) { return byte >= '0' && byte <= '9'; }

// simdjson refuses integers that fit no 64 bits; JSON does not. Writes "e0" behind each of them, which makes it a double.
std::string withLongIntegersAsDoubles(const uint8_t *text, size_t length) {
  std::string result;
  result.reserve(length + 64);
  bool inString = false;
  for (size_t at = 0; at < length;) {
    const uint8_t byte = text[at];
    if (inString || byte == '"') {
      if (inString && byte == '\\' && at + 1 < length) result.push_back(static_cast<char>(text[at++]));
      else if (byte == '"') inString = !inString;
      result.push_back(static_cast<char>(text[at++]));
      continue;
    }
    size_t end = at;
    while (end < length && isDigit(text[end])) end++;
    if (end == at) {
      result.push_back(static_cast<char>(text[at++]));
      continue;
    }
    const bool fraction = at > 0 && (text[at - 1] == '.' || text[at - 1] == 'e' || text[at - 1] == 'E' || text[at - 1] == '+');
    const bool exponentFollows = end < length && (text[end] == '.' || text[end] == 'e' || text[end] == 'E');
    const bool signedExponent = at > 1 && text[at - 1] == '-' && (text[at - 2] == 'e' || text[at - 2] == 'E');
    result.append(reinterpret_cast<const char *>(text + at), end - at);
    if (end - at >= 19 && !fraction && !exponentFollows && !signedExponent) result.append("e0");
    at = end;
  }
  return result;
}

} // namespace

struct simdjson_shim_parser {
  size_t depth;
  std::unique_ptr<simdjson::dom::parser> parser;

  bool renew() {
    parser.reset(new (std::nothrow) simdjson::dom::parser());
    return parser && parser->allocate(firstCapacity, depth) == simdjson::SUCCESS;
  }
};

simdjson_shim_parser *simdjson_shim_make(size_t depth) {
  std::unique_ptr<simdjson_shim_parser> made(new (std::nothrow) simdjson_shim_parser{depth, nullptr});
  return made && made->renew() ? made.release() : nullptr;
}

void simdjson_shim_free(simdjson_shim_parser *parser) { delete parser; }

int32_t simdjson_shim_parse(simdjson_shim_parser *parser, const uint8_t *text, size_t length, simdjson_shim_element *root) {
  try {
    if (length == 0) return simdjson::EMPTY;
    const bool oversized = parser->parser && parser->parser->capacity() > keptCapacity && length <= keptCapacity;
    if ((!parser->parser || oversized) && !parser->renew()) return simdjson::MEMALLOC;
    element opened;
    auto error = parser->parser->parse(text, length, needsCopy(text, length)).get(opened);
    if (error == simdjson::NUMBER_ERROR) {
      const std::string again = withLongIntegersAsDoubles(text, length);
      if (again.size() != length) error = parser->parser->parse(again.data(), again.size()).get(opened);
    }
    if (error == simdjson::SUCCESS) *root = close(opened);
    return error;
  } catch (...) {
    return simdjson::MEMALLOC; // the only thing that throws here is an allocation
  }
}

const char *simdjson_shim_message(int32_t code) { return simdjson::error_message(static_cast<simdjson::error_code>(code)); }

int32_t simdjson_shim_kind(simdjson_shim_element closed) {
  switch (open(closed).type()) {
  case element_type::ARRAY: return SIMDJSON_SHIM_ARRAY;
  case element_type::OBJECT: return SIMDJSON_SHIM_OBJECT;
  case element_type::INT64: return SIMDJSON_SHIM_INTEGER;
  case element_type::UINT64: return SIMDJSON_SHIM_NUMBER; // simdjson says so only above INT64_MAX
  case element_type::DOUBLE: return SIMDJSON_SHIM_NUMBER;
  case element_type::STRING: return SIMDJSON_SHIM_STRING;
  case element_type::BOOL: return SIMDJSON_SHIM_BOOL;
  case element_type::NULL_VALUE: return SIMDJSON_SHIM_NULL;
  }
  return SIMDJSON_SHIM_NULL;
}

bool simdjson_shim_bool(simdjson_shim_element closed) {
  bool value = false;
  return open(closed).get(value) == simdjson::SUCCESS && value;
}

int64_t simdjson_shim_integer(simdjson_shim_element closed) {
  int64_t value = 0;
  return open(closed).get(value) == simdjson::SUCCESS ? value : 0;
}

bool simdjson_shim_unsigned(simdjson_shim_element closed, uint64_t *value) { return open(closed).get(*value) == simdjson::SUCCESS; }

double simdjson_shim_number(simdjson_shim_element closed) {
  double value = 0;
  return open(closed).get(value) == simdjson::SUCCESS ? value : 0;
}

const char *simdjson_shim_string(simdjson_shim_element closed, size_t *length) {
  std::string_view value;
  if (open(closed).get(value) != simdjson::SUCCESS) {
    *length = 0;
    return "";
  }
  *length = value.size();
  return value.data();
}

bool simdjson_shim_member(simdjson_shim_element closed, const char *name, size_t length, simdjson_shim_element *member) {
  object members;
  if (open(closed).get(members) != simdjson::SUCCESS) return false;
  const std::string_view wanted(name ? name : "", length);
  bool found = false;
  for (auto at = members.begin(), end = members.end(); at != end; ++at) {
    if (!at.key_equals(wanted)) continue;
    *member = close(at.value());
    found = true;
  }
  return found;
}

void simdjson_shim_array_begin(simdjson_shim_element closed, simdjson_shim_cursor *cursor) {
  array elements;
  std::memset(cursor, 0, sizeof *cursor);
  if (open(closed).get(elements) == simdjson::SUCCESS) begin(elements, cursor);
}

bool simdjson_shim_array_next(simdjson_shim_cursor *cursor, simdjson_shim_element *next) {
  if (std::memcmp(cursor->position, cursor->end, sizeof cursor->end) == 0) return false;
  auto at = openIterator<array::iterator>(cursor->position);
  *next = close(*at);
  closeIterator(++at, cursor->position);
  return true;
}

void simdjson_shim_object_begin(simdjson_shim_element closed, simdjson_shim_cursor *cursor) {
  object members;
  std::memset(cursor, 0, sizeof *cursor);
  if (open(closed).get(members) == simdjson::SUCCESS) begin(members, cursor);
}

bool simdjson_shim_object_next(simdjson_shim_cursor *cursor, const char **name, size_t *length, simdjson_shim_element *next) {
  if (std::memcmp(cursor->position, cursor->end, sizeof cursor->end) == 0) return false;
  auto at = openIterator<object::iterator>(cursor->position);
  const std::string_view key = at.key();
  *name = key.data();
  *length = key.size();
  *next = close(at.value());
  closeIterator(++at, cursor->position);
  return true;
}
