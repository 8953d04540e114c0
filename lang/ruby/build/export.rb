# export.rb IN OUT INDEX NAME exports a global of a WebAssembly module.
#
# For __stack_pointer, which binaryen's spill-pointers recognizes only while it is
# not exported, and which the host needs.
# WebAssembly Core Specification 2.0, 5.5.10: the export section.

def read(bytes, at)
  value = shift = 0
  loop do
    byte = bytes.getbyte(at)
    at += 1
    value |= (byte & 127) << shift
    return [value, at] if byte < 128
    shift += 7
  end
end

def write(value)
  out = "".b
  loop do
    byte = value & 127
    value >>= 7
    return out << byte if value.zero?
    out << (byte | 128)
  end
end

input, output, index, name = ARGV
wasm = File.binread(input)
out = wasm[0, 8]
at = 8
while at < wasm.bytesize
  id = wasm.getbyte(at)
  size, start = read(wasm, at + 1)
  body = wasm[start, size]
  if id == 7
    count, rest = read(body, 0)
    body = write(count + 1) << body[rest..] << write(name.bytesize) << name.b << 3 << write(index.to_i)
  end
  out << id << write(body.bytesize) << body
  at = start + size
end
File.binwrite(output, out)
