/*
 * shim.h: what the files of the Ruby runtime's shim share.
 *
 *   shim.c         the exports; one request from its bytes to its reply
 *   host.c         calls of the host's functions
 *   memory.c       the memory held back for errors
 *   outline.c      what code defines, before it runs
 *   program.c      loads the user's code and calls its function
 *   surroundings.c ENV, ARGV, $0, the working directory
 *   system.c       what WASI lacks
 *   timer.c        the clock of Timeout.timeout
 *   value_read.c   CBOR to Ruby
 *   value_write.c  Ruby to CBOR
 *   zone.c         local time
 *
 * The guest library in ../../library does what is easier said in Ruby. Functions
 * here raise Ruby exceptions unless said otherwise.
 */
#ifndef SHIM_H
#define SHIM_H

#include "funcbox.h"

#include "ruby.h"
#include "ruby/encoding.h"

/* The module Funcbox::Guest of the guest library. */
extern VALUE shim_library;

/* A request in parts. What is absent is nil or empty. */
struct request {
    int op;
    unsigned flags;
    VALUE code, file, function; /* strings */
    VALUE args;                 /* array */
    VALUE kwargs;               /* hash with symbols as keys, or nil */
    VALUE env, argv, workdir;   /* hash, array, string */
};

void surroundings_set(const struct request *request);

void program_init(void);
/* One operation each; they return what comes of it, for a load its listing. */
VALUE program_execute(const struct request *request);
VALUE program_load(const struct request *request);
VALUE program_call(const struct request *request);
VALUE program_run(const struct request *request);

void host_init(void);

/* Holds memory back, and forgets that memory or stack had run out. Raises nothing. */
void memory_keep_reserve(void);
/* Gives it to those who describe an error. */
void memory_use_reserve(void);

void timer_init(void);
/* Forgets all timeouts. Raises nothing. */
void timer_clear(void);

void system_init(void);

/* The next item of the reader as a value. A broken or too deep one is an
 * ArgumentError. */
VALUE value_read(struct funcbox_reader *reader);
/* The same for a map of keyword arguments. */
VALUE value_read_keywords(struct funcbox_reader *reader);

void value_write_init(void);
/* Appends the value. TypeError names the place of what cannot be returned. */
void value_write(struct funcbox_writer *writer, VALUE value);
/* The same for what is passed to the host, under a name for messages. */
void value_write_argument(struct funcbox_writer *writer, VALUE value, const char *name);

#endif
