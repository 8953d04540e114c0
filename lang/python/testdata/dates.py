# datetime, zoneinfo, calendar and time.
import calendar
import time
import zoneinfo
from datetime import UTC, date, datetime, timedelta, timezone

moment = datetime(2024, 2, 29, 12, 34, 56, 789000, tzinfo=UTC)
print(moment, moment.isoformat(), moment.timestamp(), moment + timedelta(days=1, hours=13), moment.strftime("%A %d %B %Y %j %U %z"))
print(datetime.fromisoformat("2024-02-29T12:34:56.789+05:30"), datetime.strptime("29/02/24 7PM", "%d/%m/%y %I%p"))
for name in ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"):
    there = moment.astimezone(zoneinfo.ZoneInfo(name))
    print(name, there, there.tzname(), there.dst())
berlin = zoneinfo.ZoneInfo("Europe/Berlin")
print(datetime(2024, 10, 27, 2, 30, tzinfo=berlin).utcoffset(), datetime(2024, 10, 27, 2, 30, fold=1, tzinfo=berlin).utcoffset())
print(datetime(2100, 7, 1, tzinfo=berlin).utcoffset(), datetime(1890, 1, 1, tzinfo=berlin).utcoffset())
print(len(zoneinfo.available_timezones()) > 400)
try:
    zoneinfo.ZoneInfo("No/Where")
except zoneinfo.ZoneInfoNotFoundError as error:
    print(type(error).__name__, error)
print(date(2024, 12, 31).isocalendar(), (date(2024, 3, 1) - date(2024, 2, 1)).days, timedelta(seconds=100000), date.max, timezone(timedelta(hours=-3)))
print(calendar.month(2024, 2), calendar.isleap(1900), calendar.monthrange(2023, 2))
print(time.gmtime(0)[:6], time.strftime("%Y-%m-%d", time.gmtime(86400)), time.mktime((1970, 1, 2, 0, 0, 0, 0, 0, 0)), time.tzname, time.timezone)
print(abs(time.time() - datetime.now().timestamp()) < 5, datetime.now(UTC).year >= 2024, time.perf_counter_ns() > 0, time.process_time() >= 0)
print(datetime.now().astimezone().utcoffset(), datetime.fromtimestamp(0), datetime.fromtimestamp(0, berlin))
