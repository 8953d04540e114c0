# sqlite3, in memory and in files.
import os
import sqlite3

with sqlite3.connect(":memory:") as connection:
    connection.executescript("create table t (id integer primary key, name text, data blob, x real); create index i on t (name);")
    connection.executemany("insert into t (name, data, x) values (?, ?, ?)", [(f"name {i}", bytes([i]), i / 4) for i in range(100)])
    print(connection.execute("select count(*), sum(x), max(name), typeof(data) from t").fetchone())
    print(connection.execute("select name from t where name like '%9' order by id desc limit 2").fetchall())
    try:
        connection.execute("insert into t (id) values (1)")
    except sqlite3.IntegrityError as error:
        print(error)
    connection.create_function("double", 1, lambda x: x * 2)
    connection.row_factory = sqlite3.Row
    print(dict(connection.execute("select double(21) as answer, upper('x') as u").fetchone()))
    print(connection.execute("select json_extract('{\"a\": [1, 2]}', '$.a[1]')").fetchone()[0])
    print([row[0] for row in connection.execute("with recursive n(i) as (select 1 union all select i + 1 from n where i < 5) select i from n")])
    print(connection.execute("select rank() over (order by x desc) from t limit 1").fetchone()[0])
    connection.execute("create virtual table docs using fts5(body)")
    connection.execute("insert into docs values ('the quick brown fox'), ('lazy dogs')")
    print([row["body"] for row in connection.execute("select body from docs where docs match 'quick'")])

database = sqlite3.connect("data.db")
database.execute("create table t (a)")
database.executemany("insert into t values (?)", [(i,) for i in range(1000)])
database.commit()
database.execute("delete from t where a >= 500")
database.rollback()
other = sqlite3.connect("data.db")
print(other.execute("select count(*) from t").fetchone(), os.path.getsize("data.db") > 4096, sorted(os.listdir()))
database.execute("pragma journal_mode = wal")
print(database.execute("pragma integrity_check").fetchone(), database.execute("pragma user_version").fetchone())
backup = sqlite3.connect("backup.db")
database.backup(backup)
print(backup.execute("select sum(a) from t").fetchone(), "\n".join(list(backup.iterdump())[:2]))
for connection in (database, other, backup):
    connection.close()
try:
    sqlite3.connect("/no/such/folder/x.db").execute("select 1")
except sqlite3.OperationalError as error:
    print(error)
try:
    sqlite3.connect(":memory:").execute("select * from missing")
except sqlite3.OperationalError as error:
    print(error)
