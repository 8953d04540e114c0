package fsapi

import "io/fs"

// Errno is an error number of WASI preview 1; zero is success. As an error it
// matches fs.ErrNotExist, fs.ErrExist, fs.ErrPermission, fs.ErrClosed and
// fs.ErrInvalid with errors.Is.
//
// Functions of this package return an Errno rather than an error, so that the
// common path allocates nothing; turn it into an error with Err.
type Errno uint16

// The error numbers, in the order of the specification (WASI snapshot 1, type
// errno).
const (
	ESUCCESS        Errno = iota // success
	E2BIG                        // argument list too long
	EACCES                       // permission denied
	EADDRINUSE                   // address in use
	EADDRNOTAVAIL                // address not available
	EAFNOSUPPORT                 // address family not supported
	EAGAIN                       // resource unavailable, or operation would block
	EALREADY                     // connection already in progress
	EBADF                        // bad file descriptor
	EBADMSG                      // bad message
	EBUSY                        // device or resource busy
	ECANCELED                    // operation canceled
	ECHILD                       // no child processes
	ECONNABORTED                 // connection aborted
	ECONNREFUSED                 // connection refused
	ECONNRESET                   // connection reset
	EDEADLK                      // resource deadlock would occur
	EDESTADDRREQ                 // destination address required
	EDOM                         // argument out of domain
	EDQUOT                       // disk quota exceeded
	EEXIST                       // file exists
	EFAULT                       // bad address
	EFBIG                        // file too large
	EHOSTUNREACH                 // host is unreachable
	EIDRM                        // identifier removed
	EILSEQ                       // illegal byte sequence
	EINPROGRESS                  // operation in progress
	EINTR                        // interrupted
	EINVAL                       // invalid argument
	EIO                          // input/output error
	EISCONN                      // socket is connected
	EISDIR                       // is a directory
	ELOOP                        // too many levels of symbolic links
	EMFILE                       // too many open files
	EMLINK                       // too many links
	EMSGSIZE                     // message too large
	EMULTIHOP                    // multihop attempted
	ENAMETOOLONG                 // name too long
	ENETDOWN                     // network is down
	ENETRESET                    // connection reset by network
	ENETUNREACH                  // network unreachable
	ENFILE                       // too many open files in system
	ENOBUFS                      // no buffer space available
	ENODEV                       // no such device
	ENOENT                       // no such file or directory
	ENOEXEC                      // exec format error
	ENOLCK                       // no locks available
	ENOLINK                      // link has been severed
	ENOMEM                       // not enough memory
	ENOMSG                       // no message of the desired type
	ENOPROTOOPT                  // protocol option not available
	ENOSPC                       // no space left on device
	ENOSYS                       // function not supported
	ENOTCONN                     // socket not connected
	ENOTDIR                      // not a directory
	ENOTEMPTY                    // directory not empty
	ENOTRECOVERABLE              // state not recoverable
	ENOTSOCK                     // not a socket
	ENOTSUP                      // operation not supported
	ENOTTY                       // inappropriate I/O control operation
	ENXIO                        // no such device or address
	EOVERFLOW                    // value too large
	EOWNERDEAD                   // previous owner died
	EPERM                        // operation not permitted
	EPIPE                        // broken pipe
	EPROTO                       // protocol error
	EPROTONOSUPPORT              // protocol not supported
	EPROTOTYPE                   // wrong protocol type for socket
	ERANGE                       // result too large
	EROFS                        // read-only file system
	ESPIPE                       // illegal seek
	ESRCH                        // no such process
	ESTALE                       // stale file handle
	ETIMEDOUT                    // timed out
	ETXTBSY                      // text file busy
	EXDEV                        // cross-device link
	ENOTCAPABLE                  // capabilities insufficient
)

var errnos = [...]struct{ name, text string }{
	{"ESUCCESS", "success"},
	{"E2BIG", "argument list too long"},
	{"EACCES", "permission denied"},
	{"EADDRINUSE", "address in use"},
	{"EADDRNOTAVAIL", "address not available"},
	{"EAFNOSUPPORT", "address family not supported"},
	{"EAGAIN", "resource unavailable, or operation would block"},
	{"EALREADY", "connection already in progress"},
	{"EBADF", "bad file descriptor"},
	{"EBADMSG", "bad message"},
	{"EBUSY", "device or resource busy"},
	{"ECANCELED", "operation canceled"},
	{"ECHILD", "no child processes"},
	{"ECONNABORTED", "connection aborted"},
	{"ECONNREFUSED", "connection refused"},
	{"ECONNRESET", "connection reset"},
	{"EDEADLK", "resource deadlock would occur"},
	{"EDESTADDRREQ", "destination address required"},
	{"EDOM", "argument out of domain"},
	{"EDQUOT", "disk quota exceeded"},
	{"EEXIST", "file exists"},
	{"EFAULT", "bad address"},
	{"EFBIG", "file too large"},
	{"EHOSTUNREACH", "host is unreachable"},
	{"EIDRM", "identifier removed"},
	{"EILSEQ", "illegal byte sequence"},
	{"EINPROGRESS", "operation in progress"},
	{"EINTR", "interrupted"},
	{"EINVAL", "invalid argument"},
	{"EIO", "input/output error"},
	{"EISCONN", "socket is connected"},
	{"EISDIR", "is a directory"},
	{"ELOOP", "too many levels of symbolic links"},
	{"EMFILE", "too many open files"},
	{"EMLINK", "too many links"},
	{"EMSGSIZE", "message too large"},
	{"EMULTIHOP", "multihop attempted"},
	{"ENAMETOOLONG", "name too long"},
	{"ENETDOWN", "network is down"},
	{"ENETRESET", "connection reset by network"},
	{"ENETUNREACH", "network unreachable"},
	{"ENFILE", "too many open files in system"},
	{"ENOBUFS", "no buffer space available"},
	{"ENODEV", "no such device"},
	{"ENOENT", "no such file or directory"},
	{"ENOEXEC", "exec format error"},
	{"ENOLCK", "no locks available"},
	{"ENOLINK", "link has been severed"},
	{"ENOMEM", "not enough memory"},
	{"ENOMSG", "no message of the desired type"},
	{"ENOPROTOOPT", "protocol option not available"},
	{"ENOSPC", "no space left on device"},
	{"ENOSYS", "function not supported"},
	{"ENOTCONN", "socket not connected"},
	{"ENOTDIR", "not a directory"},
	{"ENOTEMPTY", "directory not empty"},
	{"ENOTRECOVERABLE", "state not recoverable"},
	{"ENOTSOCK", "not a socket"},
	{"ENOTSUP", "operation not supported"},
	{"ENOTTY", "inappropriate I/O control operation"},
	{"ENXIO", "no such device or address"},
	{"EOVERFLOW", "value too large"},
	{"EOWNERDEAD", "previous owner died"},
	{"EPERM", "operation not permitted"},
	{"EPIPE", "broken pipe"},
	{"EPROTO", "protocol error"},
	{"EPROTONOSUPPORT", "protocol not supported"},
	{"EPROTOTYPE", "wrong protocol type for socket"},
	{"ERANGE", "result too large"},
	{"EROFS", "read-only file system"},
	{"ESPIPE", "illegal seek"},
	{"ESRCH", "no such process"},
	{"ESTALE", "stale file handle"},
	{"ETIMEDOUT", "timed out"},
	{"ETXTBSY", "text file busy"},
	{"EXDEV", "cross-device link"},
	{"ENOTCAPABLE", "capabilities insufficient"},
}

// Name returns the constant's name, such as "ENOENT".
func (e Errno) Name() string {
	if int(e) < len(errnos) {
		return errnos[e].name
	}
	return "EUNKNOWN"
}

// Error describes the error in words, such as "no such file or directory".
func (e Errno) Error() string {
	if int(e) < len(errnos) {
		return errnos[e].text
	}
	return "unknown error"
}

// Err returns nil for ESUCCESS, else the number itself.
func (e Errno) Err() error {
	if e == ESUCCESS {
		return nil
	}
	return e
}

// Is maps the number to the sentinels of io/fs.
func (e Errno) Is(target error) bool {
	switch target {
	case fs.ErrNotExist:
		return e == ENOENT
	case fs.ErrExist:
		return e == EEXIST || e == ENOTEMPTY
	case fs.ErrPermission:
		return e == EACCES || e == EPERM || e == ENOTCAPABLE || e == EROFS
	case fs.ErrClosed:
		return e == EBADF
	case fs.ErrInvalid:
		return e == EINVAL
	}
	return false
}
