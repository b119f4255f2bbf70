using System.Text;
using Junipeer.Records;
using SQLitePCL;

namespace Junipeer.Warehouses.Sqlite;

/// <summary>
/// A prepared statement. Texts are bound as the UTF-8 they already are; nothing here allocates but what the caller asks for
/// as a string. Parameters count from 1, columns from 0, as SQLite does.
/// </summary>
internal sealed class SqliteStatement(SqliteDb db, sqlite3_stmt handle) : IDisposable
{
    public sqlite3_stmt Handle => handle;

    public void Bind(int parameter, long value) => Check(raw.sqlite3_bind_int64(handle, parameter, value));

    public void BindNull(int parameter) => Check(raw.sqlite3_bind_null(handle, parameter));

    public void Bind(int parameter, ReadOnlySpan<byte> text) => Check(raw.sqlite3_bind_text(handle, parameter, text));

    public void Bind(int parameter, string? text)
    {
        if (text is null) BindNull(parameter);
        else Bind(parameter, Encoding.UTF8.GetBytes(text));
    }

    public void Bind(int parameter, DateTimeOffset? instant) => Bind(parameter, instant is { } i ? InstantText.Exact(i) : null);

    public void Bind(int parameter, long? number)
    {
        if (number is { } value) Bind(parameter, value);
        else BindNull(parameter);
    }

    /// <summary>Binds an instant given as UTC ticks.</summary>
    public void BindInstant(int parameter, long utcTicks)
    {
        Span<byte> text = stackalloc byte[InstantText.Length];
        InstantText.Write(utcTicks, text);
        Bind(parameter, text);
    }

    /// <summary>Binds a cell; the affinity of the column turns the text of a decimal into a number.</summary>
    public void Bind(int parameter, RecordBatch batch, Cell cell)
    {
        switch (cell.Kind)
        {
            case CellKind.Integer or CellKind.Boolean:
                Bind(parameter, cell.Bits);
                break;
            case CellKind.Decimal or CellKind.Text or CellKind.Json:
                Bind(parameter, batch.Text(cell));
                break;
            case CellKind.Instant:
                BindInstant(parameter, cell.Bits);
                break;
            case CellKind.Date:
                Span<byte> text = stackalloc byte[InstantText.DateLength];
                InstantText.WriteDate(cell.Bits, text);
                Bind(parameter, text);
                break;
            default:
                BindNull(parameter);
                break;
        }
    }

    /// <summary>The next row; false at the end, where the statement is ready to be used again.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(handle);
        if (code == raw.SQLITE_ROW) return true;
        if (code != raw.SQLITE_DONE)
        {
            var fault = db.Fault(code);
            raw.sqlite3_reset(handle);
            throw fault;
        }

        raw.sqlite3_reset(handle);
        return false;
    }

    /// <summary>Runs a statement that answers no rows; false when a row with its key is there already.</summary>
    public bool TryRun()
    {
        var code = raw.sqlite3_step(handle);
        if (code == raw.SQLITE_DONE || (code & 0xff) == raw.SQLITE_CONSTRAINT)
        {
            raw.sqlite3_reset(handle);
            return code == raw.SQLITE_DONE;
        }

        var fault = db.Fault(code);
        raw.sqlite3_reset(handle);
        throw fault;
    }

    /// <summary>Runs a statement that answers no rows.</summary>
    public void Run()
    {
        while (Step())
        {
        }
    }

    public void Reset() => raw.sqlite3_reset(handle);

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public long Integer(int column) => raw.sqlite3_column_int64(handle, column);

    public long? OptionalInteger(int column) => IsNull(column) ? null : Integer(column);

    public string Text(int column) => raw.sqlite3_column_text(handle, column).utf8_to_string() ?? "";

    public string? OptionalText(int column) => IsNull(column) ? null : Text(column);

    public DateTimeOffset? OptionalInstant(int column) => IsNull(column) ? null : InstantText.Parse(Text(column));

    public void Dispose() => handle.Dispose();

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK) throw db.Fault(code);
    }
}
