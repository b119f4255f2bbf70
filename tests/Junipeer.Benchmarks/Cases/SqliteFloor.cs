using System.Buffers.Binary;
using System.Text.Json;
using SQLitePCL;

namespace Junipeer.Benchmarks.Cases;

/// <summary>
/// The least filling a SQLite warehouse can cost: the rows of our own export, ready in a file, inserted with prepared
/// statements into the same tables under the same pragmas, one transaction for every 5,000 orders.
/// </summary>
internal static class SqliteFloor
{
    public static (long Records, long Bytes) Run(string folder)
    {
        var path = Path.Combine(folder, "floor.db");
        EngineExport.Clear(path);
        Batteries_V2.Init();
        var tables = JsonSerializer.Deserialize<TableShape[]>(File.ReadAllText(Path.Combine(folder, SqliteRows.ShapeName)), JsonSerializerOptions.Web)!;
        long orders = 0;
        SqliteRows.Check(raw.sqlite3_open_v2(path, out var db, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX, null));
        using (db)
        {
            Exec(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=2000; PRAGMA journal_size_limit=67108864");
            foreach (var statement in tables.SelectMany(t => t.Statements)) Exec(db, statement);
            var inserts = tables.Select(t => SqliteRows.Prepare(db,
                $"INSERT INTO {SqliteRows.Quote(t.Name)} ({string.Join(',', t.Columns.Select(SqliteRows.Quote))}) VALUES ({string.Join(',', t.Columns.Select((_, i) => $"?{i + 1}"))})")).ToArray();
            using var rows = new RowFile(Path.Combine(folder, SqliteRows.FileName));
            while (!rows.IsAtEnd)
            {
                Exec(db, "BEGIN IMMEDIATE");
                for (var t = 0; t < tables.Length; t++)
                {
                    while (rows.ReadByte() == 1)
                    {
                        if (t == 0) orders++;
                        for (var c = 1; c <= tables[t].Columns.Count; c++) rows.Bind(inserts[t], c);
                        if (raw.sqlite3_step(inserts[t]) != raw.SQLITE_DONE) throw new InvalidOperationException(raw.sqlite3_errmsg(db).utf8_to_string());
                        raw.sqlite3_reset(inserts[t]);
                    }
                }

                Exec(db, "COMMIT");
            }

            foreach (var insert in inserts) insert.Dispose();
        }

        return (orders, EngineExport.SizeOf(path));
    }

    private static void Exec(sqlite3 db, string sql)
    {
        if (raw.sqlite3_exec(db, sql) != raw.SQLITE_OK) throw new InvalidOperationException($"{raw.sqlite3_errmsg(db).utf8_to_string()}: {sql}");
    }

    /// <summary>Reads the rows in large pieces.</summary>
    private sealed class RowFile(string path) : IDisposable
    {
        private readonly FileStream _file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        private byte[] _buffer = new byte[1 << 20];
        private int _at;
        private int _end;

        public bool IsAtEnd => !Have(1);

        public byte ReadByte() => Take(1)[0];

        public void Bind(sqlite3_stmt insert, int parameter)
        {
            switch (ReadByte())
            {
                case raw.SQLITE_NULL:
                    raw.sqlite3_bind_null(insert, parameter);
                    break;
                case raw.SQLITE_INTEGER:
                    raw.sqlite3_bind_int64(insert, parameter, BinaryPrimitives.ReadInt64LittleEndian(Take(8)));
                    break;
                case raw.SQLITE_FLOAT:
                    raw.sqlite3_bind_double(insert, parameter, BinaryPrimitives.ReadDoubleLittleEndian(Take(8)));
                    break;
                default:
                    var text = Take(BinaryPrimitives.ReadInt32LittleEndian(Take(4)));
                    if (text.IsEmpty) raw.sqlite3_bind_text(insert, parameter, "");
                    else raw.sqlite3_bind_text(insert, parameter, text);
                    break;
            }
        }

        public void Dispose() => _file.Dispose();

        private ReadOnlySpan<byte> Take(int bytes)
        {
            if (!Have(bytes)) throw new EndOfStreamException();
            var taken = _buffer.AsSpan(_at, bytes);
            _at += bytes;
            return taken;
        }

        private bool Have(int bytes)
        {
            if (_end - _at >= bytes) return true;
            _buffer.AsSpan(_at, _end - _at).CopyTo(_buffer);
            (_end, _at) = (_end - _at, 0);
            if (_buffer.Length < bytes) Array.Resize(ref _buffer, bytes * 2);
            for (int read; _end < bytes && (read = _file.Read(_buffer, _end, _buffer.Length - _end)) > 0; _end += read)
            {
            }

            return _end >= bytes;
        }
    }
}
