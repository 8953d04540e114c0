package c_test

import (
	"testing"

	"github.com/funcbox/funcbox/lang/c"
	"github.com/funcbox/funcbox/lang/langtest"
)

func TestCPP(t *testing.T) {
	needsClang(t)
	langtest.Run(t, c.CPP(), langtest.Dialect{
		Echo:    "#include <funcbox.h>\nfuncbox::value echo(funcbox::value value) { return value; }",
		Add:     "int add(int a, int b) { return a + b; }",
		Count:   "namespace { int counter; }\nint count() { return ++counter; }",
		Unicode: "#include <string>\nstd::string größe(const std::string &名) { return 名 + \"𝔘\"; }",
		Spoil: `#include <cstdlib>
			#include <fcntl.h>
			#include <unistd.h>
			int left;
			void spoil() {
				open("/tmp/left", O_WRONLY | O_CREAT, 0666);
				for (int fd = 0; fd < 3; fd++) close(fd);
				chdir("/tmp");
				setenv("LEFT", "left", 1);
				left = 1;
				srand(7);
			}`,
		Pristine: `#include <cstdlib>
			#include <fcntl.h>
			#include <filesystem>
			#include <iostream>
			#include <string>
			#include <vector>
			int left;
			std::vector<std::string> pristine() {
				std::vector<std::string> found;
				if (std::filesystem::current_path() != "/workspace") found.push_back("cwd");
				if (getenv("LEFT")) found.push_back("env");
				if (left) found.push_back("global");
				if (open("/tmp/new", O_WRONLY | O_CREAT, 0666) != 4) found.push_back("descriptors");
				if (std::filesystem::exists("/tmp/left")) found.push_back("files");
				std::cout << "seen" << std::endl;
				return found;
			}`,
		Greet: "#include <string>\nstd::string greet(const std::string &name, const std::string &greeting = \"Hello\") { return greeting + \", \" + name + \"!\"; }",

		Throw:         "#include <funcbox.h>\nvoid fail() {\n    funcbox_fail(\"LookupError\", \"no such thing: %d\", 42);\n}",
		ThrowType:     "LookupError",
		Malformed:     "int fine = 1;\nint = 2;\n",
		MalformedType: "CompileError",
		Functions:     "static int helper() { return 1; } int alpha() { return helper(); } double beta(double x) { return x; }",

		Print:     "#include <iostream>\nvoid say() { std::cout << \"to stdout\\n\"; std::cerr << \"to stderr\\n\"; }",
		Exit:      "#include <cstdlib>\nvoid leave(int code) { std::exit(code); }",
		Spin:      "#include <iostream>\nvoid spin() { std::cout << \"started\" << std::endl; for (volatile int i = 0;; i = i + 1) {} }",
		Work:      "int work(int n) { volatile int i = 0; while (i < n) i = i + 1; return i; }",
		Sleep:     "#include <chrono>\n#include <unistd.h>\nvoid rest(int seconds) { sleep(static_cast<unsigned>(seconds)); }",
		Recurse:   "int dive(int depth = 0) { volatile char room[100]; room[0] = 1; return dive(depth + 1) + room[0]; }",
		Hoard:     "#include <string>\n#include <vector>\nvoid hoard() { std::vector<std::string> all; for (;;) all.emplace_back(1 << 20, 'x'); }",
		HoardType: "std::bad_alloc",
		Shout:     "#include <iostream>\n#include <string>\nvoid shout() { for (std::string line(63, 'x');;) std::cout << line << '\\n'; }",
		Unreturnable: `#include <chrono>
			#include <map>
			#include <string>
			#include <vector>
			std::map<std::string, std::vector<std::chrono::sys_seconds>> unreturnable() {
				using namespace std::chrono;
				return {{"items", {sys_days(2000y / 1 / 1), sys_days(year(12000) / 1 / 1)}}};
			}`,

		Env:   "#include <cstdlib>\n#include <optional>\n#include <string>\nstd::optional<std::string> env(const std::string &name) { auto value = std::getenv(name.c_str()); return value ? std::optional<std::string>(value) : std::nullopt; }",
		Stdin: "#include <iostream>\n#include <iterator>\n#include <string>\nstd::string read_all() { return {std::istreambuf_iterator<char>(std::cin), {}}; }",
		// Streams do not say why something fails; errno does.
		Copy: `#include <cerrno>
			#include <cstdio>
			#include <memory>
			#include <string>
			#include <system_error>
			static std::FILE *opened(const std::string &path, const char *mode) {
				if (auto file = std::fopen(path.c_str(), mode)) return file;
				throw std::system_error(errno, std::generic_category(), path);
			}
			void copy(const std::string &from, const std::string &to) {
				std::unique_ptr<std::FILE, int (*)(std::FILE *)> in(opened(from, "rb"), std::fclose), out(opened(to, "wb"), std::fclose);
				char block[4096];
				while (auto size = std::fread(block, 1, sizeof block, in.get()))
					if (std::fwrite(block, 1, size, out.get()) < size) throw std::system_error(errno, std::generic_category(), to);
				if (std::fclose(out.release())) throw std::system_error(errno, std::generic_category(), to);
			}`,
		ReadMissing: "#include <filesystem>\nstd::uintmax_t missing() { return std::filesystem::file_size(\"/no/such/file\"); }",
		Steps:       inOne(stepsCPP),
		FileName:    "main.cpp",
		Names:       map[string]string{"read": "read_all"},

		Kinds: langtest.Kinds{Floats: true},
	})
}
