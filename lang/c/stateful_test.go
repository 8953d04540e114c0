package c_test

import (
	"testing"

	"github.com/funcbox/funcbox/lang/c"
	"github.com/funcbox/funcbox/lang/langtest"
)

func TestStatefulC(t *testing.T) {
	needsClang(t)
	// What runs while a program is loaded are its constructors.
	langtest.RunStateful(t, c.Language(), langtest.Stateful{
		Program: `#include <funcbox.h>
			#include <stdio.h>
			#include <stdlib.h>
			#include <unistd.h>
			static int counter;
			__attribute__((constructor)) static void load(void) {
				FILE *file = fopen("/workspace/loaded.txt", "w");
				fputs("loaded", file);
				fclose(file);
				puts("loading");
				counter = 40;
			}
			int bump(void) { return ++counter; }
			const char *wrote(void) {
				static char text[100];
				FILE *file = fopen("/workspace/loaded.txt", "r");
				fgets(text, sizeof text, file);
				fclose(file);
				return text;
			}
			unsigned draw(void) { return arc4random_uniform(1u << 30); }
			void fail(void) { funcbox_fail("LookupError", "no"); }
			void spin(void) { for (volatile int i = 0;; i++) {} }
			void leave(int code) { exit(code); }`,
		LeavesOpen: `#include <fcntl.h>
			__attribute__((constructor)) static void load(void) { open("/tmp/held", O_WRONLY | O_CREAT, 0666); }
			int f(void) { return 1; }`,
		Fails: `#include <funcbox.h>
			__attribute__((constructor)) static void load(void) { funcbox_fail("LookupError", "no"); }
			int f(void) { return 1; }`,
		FailsType: "LookupError",
		Host: `#include <funcbox.h>
			#include <stdlib.h>
			#include <string.h>
			static funcbox_value call(const char *name, const char *format, funcbox_value value) {
				funcbox_value result;
				if (funcbox_call(name, format, value, &result)) funcbox_fail(funcbox_error_type(), "%s", funcbox_error());
				return result;
			}
			funcbox_value ask(const char *name, funcbox_value list) {
				funcbox_value items[3] = {{0}}, rest = funcbox_first(list);
				static const char *const formats[] = {"-> v", "v -> v", "vv -> v", "vvv -> v"};
				size_t count = funcbox_count(list);
				funcbox_value result;
				for (size_t i = 0; i < count; i++) funcbox_next_item(&rest, &items[i]);
				int failed = count == 0 ? funcbox_call(name, formats[0], &result)
					: count == 1 ? funcbox_call(name, formats[1], items[0], &result)
					: count == 2 ? funcbox_call(name, formats[2], items[0], items[1], &result)
					: funcbox_call(name, formats[3], items[0], items[1], items[2], &result);
				if (failed) funcbox_fail(funcbox_error_type(), "%s", funcbox_error());
				return result;
			}
			funcbox_value tell(const char *name, funcbox_value value) { return call(name, "key:v -> v", value); }
			const char *guarded(const char *name) { return funcbox_call(name, "") ? funcbox_error() : NULL; }
			funcbox_value offered(void) {
				funcbox_value names = {0};
				funcbox_call("", "-> v", &names); /* the empty name asks for those of all */
				return names;
			}`,
	})
}

func TestStatefulCPP(t *testing.T) {
	needsClang(t)
	langtest.RunStateful(t, c.CPP(), langtest.Stateful{
		Program: `#include <cstdlib>
			#include <fstream>
			#include <iostream>
			#include <random>
			#include <stdexcept>
			#include <string>
			int counter = [] {
				std::cout << "loading" << std::endl;
				std::ofstream("/workspace/loaded.txt") << "loaded";
				return 40;
			}();
			int bump() { return ++counter; }
			std::string wrote() {
				std::string text;
				std::ifstream("/workspace/loaded.txt") >> text;
				return text;
			}
			unsigned draw() { return std::random_device()() >> 2; }
			void fail() { throw std::out_of_range("no"); }
			void spin() { for (volatile int i = 0;; i = i + 1) {} }
			void leave(int code) { std::exit(code); }`,
		LeavesOpen: `#include <fstream>
			std::ofstream held("/tmp/held");
			int f() { return 1; }`,
		Fails: `#include <stdexcept>
			int value = [] { throw std::out_of_range("no"); return 1; }();
			int f() { return value; }`,
		FailsType: "std::out_of_range",
		Host: `#include <funcbox.h>
			funcbox::value ask(const std::string &name, const std::vector<funcbox::value> &list) {
				switch (list.size()) {
				case 0: return funcbox::call(name);
				case 1: return funcbox::call(name, list[0]);
				case 2: return funcbox::call(name, list[0], list[1]);
				}
				return funcbox::call(name, list[0], list[1], list.at(2));
			}
			funcbox::value tell(const std::string &name, const funcbox::value &value) { return funcbox::call(name, funcbox::arg("key", value)); }
			std::string guarded(const std::string &name) {
				try {
					funcbox::call(name);
				} catch (const funcbox::host_error &error) {
					return error.what();
				}
				return "";
			}
			std::vector<std::string> offered() { return funcbox::functions(); }`,
	})
}
