def steps(list)
  slots = {}
  tell = ->(s) { s.file? ? "file #{s.size}" : s.directory? ? 'dir' : s.symlink? ? 'link' : 'other' }
  modes = { 'r' => File::RDONLY, 'r+' => File::RDWR, 'w' => File::WRONLY | File::CREAT | File::TRUNC, 'w+' => File::RDWR | File::CREAT | File::TRUNC,
            'wx' => File::WRONLY | File::CREAT | File::EXCL, 'a' => File::WRONLY | File::CREAT | File::APPEND }
  slot = ->(name) { slots[name] or raise Errno::EBADF }
  operations = {
    'read' => ->(path) { File.binread(path) },
    'write' => ->(path, text) { File.binwrite(path, text); nil },
    'append' => ->(path, text) { File.open(path, 'ab') { |f| f.write(text) }; nil },
    'create' => ->(path) { File.open(path, modes['wx']) {}; nil },
    'open' => ->(name, path, mode) { slots[name] = File.open(path, modes[mode]); nil },
    'fread' => ->(name) { f = slot[name]; f.seek(0); f.read },
    'fwrite' => ->(name, text) { slot[name].syswrite(text); nil },
    'fsize' => ->(name, size) { slot[name].truncate(size); nil },
    'fstat' => ->(name) { tell[slot[name].stat] },
    'close' => ->(name) { slots.delete(name).close; nil },
    'stat' => ->(path) { tell[File.stat(path)] }, 'lstat' => ->(path) { tell[File.lstat(path)] },
    'list' => ->(path) { Dir.children(path).sort.join(',') },
    'mkdir' => ->(path) { Dir.mkdir(path); nil }, 'rmdir' => ->(path) { Dir.rmdir(path); nil }, 'unlink' => ->(path) { File.unlink(path); nil },
    'rename' => ->(from, to) { File.rename(from, to); nil }, 'link' => ->(from, to) { File.link(from, to); nil }, 'symlink' => ->(target, path) { File.symlink(target, path); nil },
    'readlink' => ->(path) { File.readlink(path) }, 'truncate' => ->(path, size) { File.truncate(path, size); nil }, 'utimes' => ->(path) { File.utime(1, 1, path); nil },
    'chdir' => ->(path) { Dir.chdir(path); nil },
    'pause' => -> { $stdout.write("pause\n"); $stdout.flush; $stdin.gets; nil },
  }
  list.map do |operation, *args|
    result = operations[operation].call(*args)
    result.nil? ? 'ok' : "=#{result.dup.force_encoding('UTF-8').scrub}"
  rescue SystemCallError => e
    e.class.name.delete_prefix('Errno::')
  rescue ArgumentError
    'EINVAL'
  rescue IOError
    'EBADF'
  end
end
