# decimal, fractions, statistics, math, random and the like.
import cmath
import decimal
import fractions
import math
import numbers
import random
import secrets
import statistics
import uuid
from decimal import Decimal

decimal.getcontext().prec = 50
print(Decimal(1) / 7, Decimal("1.10") + Decimal("2.205"), Decimal(2).sqrt(), Decimal("1e400") ** 2, decimal.__name__)
print(Decimal("2.675").quantize(Decimal("0.01"), decimal.ROUND_HALF_UP), Decimal("NaN").is_nan(), decimal.HAVE_THREADS)
try:
    Decimal(1) / 0
except decimal.DivisionByZero as error:
    print(type(error).__name__)
print(fractions.Fraction(1, 3) + fractions.Fraction("0.25"), fractions.Fraction(math.pi).limit_denominator(1000))
print(math.factorial(30), math.comb(50, 25), math.gcd(84, 36), math.lcm(4, 6), math.isqrt(10**20), math.prod([2, 3, 4]))
print(math.sin(1), math.log2(8), math.hypot(3, 4), math.fsum([0.1] * 10), math.erf(0.5), math.nextafter(1, 2), math.fma(2, 3, 4))
print(cmath.sqrt(-1), cmath.phase(-1), abs(3 + 4j), isinstance(1, numbers.Rational))
data = [2.5, 3.25, 5.5, 11.25, 11.5]
print(statistics.mean(data), statistics.median(data), round(statistics.stdev(data), 6), statistics.quantiles(data, n=4))
print(statistics.linear_regression([1, 2, 3], [2, 4, 6]), statistics.NormalDist(0, 1).cdf(0), statistics.multimode("aabb"))

random.seed(42)
print([random.randint(1, 100) for _ in range(5)], random.random(), random.sample(range(10), 3), random.gauss(0, 1))
items = list("abcdef")
random.shuffle(items)
print(items, random.choices("xyz", [1, 2, 3], k=4), random.Random("text").random(), random.getrandbits(100))
print(len(secrets.token_hex(8)), len(secrets.token_bytes(5)), secrets.choice([7]), secrets.compare_digest("a", "a"))
print(uuid.uuid5(uuid.NAMESPACE_DNS, "example.org"), uuid.uuid4().version, uuid.uuid4() != uuid.uuid4(), uuid.uuid1().version)
