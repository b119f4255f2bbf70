using System.Globalization;
using System.Text;
using Junipeer.Operations;
using Junipeer.Warehouse;
using SQLitePCL;

namespace Junipeer.Warehouses.Sqlite;

/// <summary>
/// One reading statement, streamed. Three things keep it reading: the connection has writing switched off, the authoriser
/// allows nothing but reading (nor to switch it on again), and a second statement is refused.
/// </summary>
internal static class SqliteQuery
{
    // After so many of SQLite's steps it is asked whether the user has had enough: some milliseconds.
    private const int StepsBetweenLooks = 20_000;

    private static readonly HashSet<string> ReadingPragmas = new(StringComparer.OrdinalIgnoreCase)
    {
        "table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list", "database_list",
        "collation_list", "function_list", "module_list", "pragma_list", "compile_options", "integrity_check", "quick_check",
        "page_count", "page_size", "freelist_count", "user_version", "schema_version", "application_id", "encoding", "journal_mode",
    };

    /// <summary>Runs it; writes <see cref="QueryRow"/>s.</summary>
    public static async Task RunAsync(SqliteDb db, QueryRequest request, IOperationSink sink, CancellationToken stop)
    {
        string? refused = null;
        raw.sqlite3_set_authorizer(db.Handle, Authorize, null);
        raw.sqlite3_progress_handler(db.Handle, StepsBetweenLooks, _ => stop.IsCancellationRequested ? 1 : 0, null);
        using var statement = Prepare(db, request.Sql, () => refused);
        Bind(statement, request);
        var columns = Columns(statement.Handle);
        var isNumeric = Enumerable.Range(0, columns.Length).Select(i => IsNumeric(statement.Handle, i)).ToArray();
        while (Next(db, statement, () => refused, stop))
        {
            var values = new object?[columns.Length];
            for (var i = 0; i < values.Length; i++) values[i] = Value(statement.Handle, i, isNumeric[i]);
            await sink.WriteAsync(new QueryRow(columns, values), stop).ConfigureAwait(false);
        }

        int Authorize(object user, int action, string first, string second, string database, string trigger)
        {
            var allowed = action switch
            {
                raw.SQLITE_SELECT or raw.SQLITE_READ or raw.SQLITE_RECURSIVE => true,
                raw.SQLITE_FUNCTION => !string.Equals(second, "load_extension", StringComparison.OrdinalIgnoreCase),

                // An argument names a table for these; for the others it would be a value to set.
                raw.SQLITE_PRAGMA => ReadingPragmas.Contains(first)
                    && (second is null || first.EndsWith("_info", StringComparison.OrdinalIgnoreCase) || first.EndsWith("_xinfo", StringComparison.OrdinalIgnoreCase)
                        || first.EndsWith("_list", StringComparison.OrdinalIgnoreCase) || first.EndsWith("_check", StringComparison.OrdinalIgnoreCase)),
                _ => false,
            };
            if (!allowed) refused ??= action == raw.SQLITE_PRAGMA ? $"PRAGMA {first}" : NameOf(action);
            return allowed ? raw.SQLITE_OK : raw.SQLITE_DENY;
        }
    }

    private static SqliteStatement Prepare(SqliteDb db, string sql, Func<string?> refused)
    {
        if (string.IsNullOrWhiteSpace(sql)) throw Invalid(sql, "there is no statement in it", null);
        var bytes = Encoding.UTF8.GetBytes(sql);
        var code = raw.sqlite3_prepare_v2(db.Handle, bytes, out var handle, out var tail);
        if (code != raw.SQLITE_OK) throw refused() is { } what ? NotReadOnly(sql, what) : Invalid(db, sql, code, bytes);
        var statement = new SqliteStatement(db, handle);
        try
        {
            if (handle.IsInvalid) throw Invalid(sql, "there is no statement in it", null);
            if (raw.sqlite3_stmt_readonly(handle) == 0) throw NotReadOnly(sql, "a writing statement");
            if (HasMore(db, tail)) throw NotReadOnly(sql, "a second statement");
            return statement;
        }
        catch
        {
            statement.Dispose();
            throw;
        }
    }

    // Blanks, comments and semicolons may follow; anything that makes a statement, or an error, may not.
    private static bool HasMore(SqliteDb db, ReadOnlySpan<byte> tail)
    {
        while (!tail.IsEmpty)
        {
            var before = tail.Length;
            var code = raw.sqlite3_prepare_v2(db.Handle, tail, out var next, out var rest);
            using (next)
            {
                if (code != raw.SQLITE_OK || next is { IsInvalid: false }) return true;
            }

            if (rest.Length >= before) return false;
            tail = rest;
        }

        return false;
    }

    private static bool Next(SqliteDb db, SqliteStatement statement, Func<string?> refused, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var code = raw.sqlite3_step(statement.Handle);
        if (code == raw.SQLITE_ROW) return true;
        if (code == raw.SQLITE_DONE) return false;
        stop.ThrowIfCancellationRequested();
        throw code switch
        {
            raw.SQLITE_AUTH => NotReadOnly(db.Path, refused() ?? "a writing statement"),
            raw.SQLITE_ERROR or raw.SQLITE_MISMATCH or raw.SQLITE_RANGE or raw.SQLITE_TOOBIG =>
                Invalid(db.Path, raw.sqlite3_errmsg(db.Handle).utf8_to_string(), null),
            _ => db.Fault(code),
        };
    }

    private static void Bind(SqliteStatement statement, QueryRequest request)
    {
        var given = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in request.Parameters) given[name.TrimStart('@', ':', '$')] = value;
        var used = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 1; i <= raw.sqlite3_bind_parameter_count(statement.Handle); i++)
        {
            var name = raw.sqlite3_bind_parameter_name(statement.Handle, i).utf8_to_string();
            var bare = name?.TrimStart('@', ':', '$', '?');
            if (string.IsNullOrEmpty(bare) || !given.TryGetValue(bare, out var value))
            {
                throw Invalid(request.Sql, $"parameter {name ?? "?"} has no value", null);
            }

            used.Add(bare);
            Bind(statement, i, value);
        }

        if (given.Keys.FirstOrDefault(k => !used.Contains(k)) is { } unused)
        {
            throw Invalid(request.Sql, $"it has no parameter @{unused}", null);
        }
    }

    private static void Bind(SqliteStatement statement, int parameter, object? value)
    {
        switch (value)
        {
            case null or DBNull:
                statement.BindNull(parameter);
                break;
            case bool flag:
                statement.Bind(parameter, flag ? 1L : 0L);
                break;
            case byte or sbyte or short or ushort or int or uint or long:
                statement.Bind(parameter, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case float or double:
                raw.sqlite3_bind_double(statement.Handle, parameter, Convert.ToDouble(value, CultureInfo.InvariantCulture));
                break;
            case decimal number when number == Math.Truncate(number) && number is >= long.MinValue and <= long.MaxValue:
                statement.Bind(parameter, (long)number);
                break;
            case decimal number:
                // As a number columns hold it, so that it compares with sums too, which have no affinity of their own.
                raw.sqlite3_bind_double(statement.Handle, parameter, (double)number);
                break;
            case DateTimeOffset instant:
                statement.Bind(parameter, InstantText.Of(instant));
                break;
            case DateTime instant:
                statement.Bind(parameter, InstantText.Of(instant.Kind == DateTimeKind.Utc ? new DateTimeOffset(instant) : new DateTimeOffset(DateTime.SpecifyKind(instant, DateTimeKind.Local))));
                break;
            case DateOnly date:
                statement.Bind(parameter, date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
                break;
            case byte[] bytes:
                raw.sqlite3_bind_blob(statement.Handle, parameter, bytes);
                break;
            default:
                statement.Bind(parameter, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static string[] Columns(sqlite3_stmt handle)
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var names = new string[raw.sqlite3_column_count(handle)];
        for (var i = 0; i < names.Length; i++)
        {
            var name = raw.sqlite3_column_name(handle, i).utf8_to_string();
            if (string.IsNullOrEmpty(name)) name = $"column{i + 1}";
            names[i] = name;
            for (var n = 2; !taken.Add(names[i]); n++) names[i] = $"{name}_{n}";
        }

        return names;
    }

    private static bool IsNumeric(sqlite3_stmt handle, int column) =>
        string.Equals(raw.sqlite3_column_decltype(handle, column).utf8_to_string(), "NUMERIC", StringComparison.OrdinalIgnoreCase);

    private static object? Value(sqlite3_stmt handle, int column, bool isNumeric)
    {
        switch (raw.sqlite3_column_type(handle, column))
        {
            case raw.SQLITE_INTEGER:
                var number = raw.sqlite3_column_int64(handle, column);
                return isNumeric ? (object)(decimal)number : number;
            case raw.SQLITE_FLOAT:
                var real = raw.sqlite3_column_double(handle, column);

                // Money has been text, then the nearest double; the shortest decimal that gives this double is the text again.
                return isNumeric && decimal.TryParse(real.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture, out var exact)
                    && (double)exact == real ? exact : real;
            case raw.SQLITE_TEXT:
                return raw.sqlite3_column_text(handle, column).utf8_to_string();
            case raw.SQLITE_BLOB:
                return raw.sqlite3_column_blob(handle, column).ToArray();
            default:
                return null;
        }
    }

    private static JunipeerException Invalid(SqliteDb db, string sql, int code, byte[] bytes)
    {
        if ((code & 0xff) is not (raw.SQLITE_ERROR or raw.SQLITE_MISUSE or raw.SQLITE_TOOBIG or raw.SQLITE_AUTH)) return db.Fault(code);
        var offset = SqliteFaults.ErrorOffset(db.Handle);
        var position = offset >= 0 && offset <= bytes.Length ? Encoding.UTF8.GetCharCount(bytes.AsSpan(0, offset)) : (int?)null;
        return Invalid(sql, raw.sqlite3_errmsg(db.Handle).utf8_to_string(), position);
    }

    private static JunipeerException Invalid(string sql, string reason, int? position)
    {
        var where = "";
        if (position is { } at)
        {
            var line = sql.AsSpan(0, at).Count('\n') + 1;
            var column = at - (sql.LastIndexOf('\n', Math.Max(at - 1, 0)) is var start && at == 0 ? -1 : start);
            where = string.Create(CultureInfo.InvariantCulture, $" (line {line}, column {column})");
        }

        return SqliteFaults.Make("Junipeer.Query.Invalid", FaultCategory.InvalidArgument,
            $"SQLite does not understand the query: {reason}{where}.",
            "Mend the query. Invoke-JunipeerQuery with -Query 'SELECT name, sql FROM sqlite_schema' lists the tables and their columns.", sql);
    }

    private static JunipeerException NotReadOnly(string sql, string what) =>
        SqliteFaults.Make("Junipeer.Query.NotReadOnly", FaultCategory.InvalidOperation,
            $"The query is not run, because it holds {what}: only one reading statement is.",
            "Give one SELECT statement; to change a copy of the warehouse use a tool for SQLite.", sql);

    private static string NameOf(int action) => action switch
    {
        raw.SQLITE_INSERT => "INSERT",
        raw.SQLITE_UPDATE => "UPDATE",
        raw.SQLITE_DELETE => "DELETE",
        raw.SQLITE_ATTACH => "ATTACH",
        raw.SQLITE_DETACH => "DETACH",
        raw.SQLITE_TRANSACTION or raw.SQLITE_SAVEPOINT => "a transaction statement",
        raw.SQLITE_FUNCTION => "load_extension",
        _ => "a statement that changes the database",
    };
}
