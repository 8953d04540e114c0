// exceptions.cpp: what is thrown, which handler catches it, and what that throws again.
#include <cstring>
#include <exception>
#include <string>

#include "cases.h"

namespace {

NOINLINE int raise(int value) {
    if (value != zero) throw value;
    return value;
}

struct Animal {
    int legs;
    explicit Animal(int n) : legs(n) {}
    virtual ~Animal() = default;
    virtual const char *name() const { return "animal"; }
};
struct Cat : Animal {
    int lives = 9;
    Cat() : Animal(4) {}
    const char *name() const override { return "cat"; }
};
struct Machine {
    virtual ~Machine() = default;
    int watts = 40;
};
struct RobotCat : Machine, Cat {
    const char *name() const override { return "robot cat"; }
};
struct Left : virtual Animal {
    Left() : Animal(1) {}
};
struct Right : virtual Animal {
    Right() : Animal(2) {}
};
struct Bottom : Left, Right {
    Bottom() : Animal(3) {}
};
struct Twice1 : Cat {};
struct Twice2 : Cat {};
struct Twice : Twice1, Twice2 {};

} // namespace

CASE(catch_int) {
    int got = 0;
    try {
        raise(42);
        got = 1;
    } catch (int e) {
        got = e;
    }
    CHECK(got == 42);
}

CASE(not_thrown) {
    int got = 5;
    try {
        got = raise(0) + 6;
    } catch (int) {
        got = -1;
    }
    CHECK(got == 6);
}

CASE(locals_survive) {
    int sum = 1;
    long long product = 1;
    double real = 0.5;
    int at = 0;
    try {
        for (at = 1; at < 10; at++) {
            sum += at;
            product *= at;
            real *= 2;
            if (at == 6) raise(at);
        }
    } catch (int e) {
        CHECK(e == 6 && at == 6);
    }
    CHECK(sum == 22 && product == 720 && real == 32);
}

CASE(by_value_is_sliced) {
    try {
        throw Cat();
    } catch (Animal a) {
        CHECK(a.legs == 4 && !strcmp(a.name(), "animal"));
        return;
    }
}

CASE(by_base_reference) {
    bool caught = false;
    try {
        throw Cat();
    } catch (const Animal &a) {
        caught = !strcmp(a.name(), "cat") && dynamic_cast<const Cat *>(&a);
    }
    CHECK(caught);
}

CASE(by_second_base) {
    bool caught = false;
    try {
        throw RobotCat();
    } catch (Cat &c) {
        caught = c.lives == 9 && !strcmp(c.name(), "robot cat") && dynamic_cast<Machine &>(c).watts == 40;
    }
    CHECK(caught);
}

CASE(by_virtual_base) {
    bool caught = false;
    try {
        throw Bottom();
    } catch (Animal &a) {
        caught = a.legs == 3;
    }
    CHECK(caught);
}

CASE(ambiguous_base_is_no_match) {
    int which = 0;
    try {
        throw Twice();
    } catch (Animal &) {
        which = 1;
    } catch (Twice1 &) {
        which = 2;
    }
    CHECK(which == 2);
}

namespace {
class Hidden : Cat {};
} // namespace

CASE(private_base_is_no_match) {
    int which = 0;
    try {
        throw Hidden();
    } catch (Cat &) {
        which = 1;
    } catch (...) {
        which = 2;
    }
    CHECK(which == 2);
}

CASE(first_match_wins) {
    int which = 0;
    try {
        throw RobotCat();
    } catch (int) {
        which = 1;
    } catch (std::exception &) {
        which = 2;
    } catch (Machine &) {
        which = 3;
    } catch (RobotCat &) {
        which = 4;
    }
    CHECK(which == 3);
}

CASE(pointer_to_base) {
    static RobotCat robot;
    bool caught = false;
    try {
        throw &robot;
    } catch (Animal *a) {
        caught = a->legs == 4 && static_cast<void *>(a) != static_cast<void *>(&robot);
    }
    CHECK(caught);
}

CASE(pointer_to_void) {
    static int thing = 3;
    bool caught = false;
    try {
        throw &thing;
    } catch (void *p) {
        caught = p == &thing;
    }
    CHECK(caught);
}

CASE(pointer_gains_const) {
    static int thing = 3;
    int got = 0;
    try {
        throw &thing;
    } catch (const int *p) {
        got = *p;
    }
    CHECK(got == 3);
}

CASE(const_pointer_keeps_const) {
    static const int thing = 3;
    int which = 0;
    try {
        throw &thing;
    } catch (int *) {
        which = 1;
    } catch (const int *) {
        which = 2;
    }
    CHECK(which == 2);
}

CASE(null_pointer) {
    bool caught = false;
    try {
        throw nullptr;
    } catch (Cat *c) {
        caught = c == nullptr;
    }
    CHECK(caught);
}

CASE(text_literal) {
    const char *got = "";
    try {
        throw "a reason";
    } catch (const char *text) {
        got = text;
    }
    CHECK(!strcmp(got, "a reason"));
}

CASE(no_conversion_of_numbers) {
    int which = 0;
    try {
        try {
            throw 2.5;
        } catch (int) {
            which = 1;
        } catch (float) {
            which = 2;
        }
    } catch (double d) {
        which = d == 2.5 ? 3 : 4;
    }
    CHECK(which == 3);
}

CASE(wide_values) {
    long long got = 0;
    try {
        throw 0x1122334455667788LL;
    } catch (long long e) {
        got = e;
    }
    CHECK(got == 0x1122334455667788LL);
}

enum class Colour { red, green };

CASE(enumeration) {
    bool caught = false;
    try {
        throw Colour::green;
    } catch (Colour c) {
        caught = c == Colour::green;
    }
    CHECK(caught);
}

CASE(member_pointer) {
    bool caught = false;
    try {
        throw &Animal::legs;
    } catch (int Animal::*p) {
        caught = Cat().*p == 4;
    }
    CHECK(caught);
}

CASE(catch_all) {
    bool caught = false;
    try {
        raise(1);
    } catch (...) {
        caught = true;
    }
    CHECK(caught);
}

CASE(rethrow_same_object) {
    int seen = 0;
    try {
        try {
            throw Cat();
        } catch (Cat &c) {
            c.lives = 8;
            throw;
        }
    } catch (Animal &a) {
        seen = static_cast<Cat &>(a).lives;
    }
    CHECK(seen == 8);
}

CASE(rethrow_through_levels) {
    int steps = 0, got = 0;
    try {
        try {
            try {
                raise(7);
            } catch (...) {
                steps++;
                throw;
            }
        } catch (int &e) {
            steps++;
            e = 8;
            throw;
        }
    } catch (int e) {
        got = e;
    }
    CHECK(steps == 2 && got == 8);
}

NOINLINE static void rethrow_current() { throw; }

CASE(rethrow_in_function) {
    int got = 0;
    try {
        try {
            raise(3);
        } catch (...) {
            rethrow_current();
        }
    } catch (int e) {
        got = e;
    }
    CHECK(got == 3);
}

CASE(other_exception_in_handler) {
    std::string got;
    try {
        try {
            raise(1);
        } catch (int) {
            throw std::string(60, 's');
        }
    } catch (const std::string &s) {
        got = s;
    }
    CHECK(got == std::string(60, 's'));
}

CASE(handlers_inside_handlers) {
    int digits = 0, outer = 0;
    try {
        try {
            raise(1);
        } catch (int a) {
            try {
                raise(a + 1);
            } catch (int b) {
                try {
                    raise(b + 1);
                } catch (int c) {
                    digits = a * 100 + b * 10 + c;
                }
            }
            throw;
        }
    } catch (int e) {
        outer = e;
    }
    CHECK(digits == 123 && outer == 1);
}
