# Local time: the database of time zones, rules in TZ, changes of the clocks.
ZONES = %w[UTC Europe/Berlin America/New_York America/Sao_Paulo Asia/Tokyo Asia/Kolkata Asia/Kathmandu Australia/Lord_Howe Africa/Casablanca
           Pacific/Apia Antarctica/Troll Europe/Dublin America/St_Johns Etc/GMT+5 EST5EDT,M3.2.0,M11.1.0 JST-9 <+0330>-3:30
           CET-1CEST,M3.5.0,M10.5.0/3 NZST-12NZDT,M9.5.0,M4.1.0/3 XXX3YYY,J60/0,J300/0 AAA-1BBB,59/1,300/4:30:15]
ZONES.each do |zone|
  ENV["TZ"] = zone
  puts zone
  [-3_000_000_000, -1_500_000_000, -1, 0, 500_000_000, 1_000_000_000, 1_700_000_000, 1_720_000_000, 2_500_000_000, 4_102_444_800, 9_999_999_999].each do |at|
    next if at < -1 && !zone.match?(/\A[A-Z]\w+\/\w+\z/) # the C library of native ones has no summers of rules before 1970
    time = Time.at(at)
    puts "  #{time.strftime("%F %T %z %Z")} #{time.dst?} #{time.utc_offset} #{time.yday} #{time.wday}"
  end
  # Each hour around the days of the changes.
  (2024..2026).each do |year|
    offsets = (0...366 * 24).map { |hour| Time.at(Time.utc(year).to_i + hour * 3600).utc_offset }
    changes = offsets.each_cons(2).with_index.filter_map { |(a, b), hour| [hour, a, b] if a != b }
    puts "  #{year} #{changes.inspect}"
  end
  puts "  " + [[2024, 3, 31, 2, 30], [2024, 10, 27, 2, 30], [2024, 3, 10, 2, 30], [2024, 11, 3, 1, 30], [2030, 7, 1], [1970, 1, 1]].map { |parts| Time.local(*parts).strftime("%FT%T%z") }.join(" ")
end
ENV["TZ"] = "Europe/Berlin"
require "time"
require "date"
puts Time.parse("2024-07-01 12:00").iso8601, Time.new(2024, 7, 1).zone, Time.gm(2024, 7, 1).localtime.to_s, DateTime.parse("2024-07-01T12:00+02:00").to_time.to_s
puts Time.at(0, in: "+09:00").to_s, Time.at(0).localtime("-03:30").to_s, Time.utc(2024).getlocal.inspect
