// Package sync writes changes that a guest made back to host folders, such that a
// folder is never left in a state nobody asked for.
//
// [Apply] takes the changes of one call and the folders they belong to. It locks
// the folders, checks every change against the rules of its folder and against what
// is there now, and applies the changes in an order that works: what stands in the
// way of a new file goes first, then directories are made, files written, and
// the rest removed. A file is replaced by renaming, so that it is old or new at any
// moment and never half. With OnError Rollback, which is the zero value, all of that
// is undone when anything fails, and [Recover] undoes it after the process was
// killed, from a journal that lies in the folder while a batch runs.
//
// # Guarantees
//
//   - A change whose path leads out of its folder is refused, and no symbolic link
//     on the way to a path is followed.
//   - A path that is not as it was when the guest saw it is a conflict, reported and
//     left alone, unless the options say otherwise.
//   - Batches into folders that overlap run one after the other, also those of
//     other processes that use this package (locks on the folders; on Windows of
//     this process only).
//   - The permissions and, where the process may, the owner of a file that is replaced are
//     kept. Extended attributes and further hard links of it are not.
//
// A program that does not take the locks can change a file in the moment between the
// check and the renaming; its change is then lost without rollback, and kept in
// neither case.
//
// What may not be here: the guest's tree and what a change is (vfs), rules (perm).
package sync
