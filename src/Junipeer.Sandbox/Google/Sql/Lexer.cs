using System.Globalization;
using System.Text;

namespace Junipeer.Sandbox.Google.Sql;

internal enum TokenKind
{
    Name,
    QuotedName,
    Text,
    Bytes,
    Integer,
    Float,
    Parameter,
    SystemVariable,
    Symbol,
    End,
}

/// <summary>A word of the query; Text is the value where the word stands for one (a string without its quotes).</summary>
internal readonly record struct Token(TokenKind Kind, string Text, int Line, int Column, int Offset, int Length)
{
    public string Place => $"[{Line}:{Column}]";

    public bool Is(string word) => Kind is TokenKind.Name or TokenKind.Symbol && Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    public SqlException Error(string message) => new("invalidQuery", $"{message} at {Place}");
}

internal static class Lexer
{
    private static readonly string[] LongSymbols = ["<=", ">=", "!=", "<>", "||", "<<", ">>", "=>"];

    public static List<Token> Read(string sql)
    {
        List<Token> tokens = [];
        int at = 0, line = 1, lineStart = 0;
        while (true)
        {
            SkipSpace(sql, ref at, ref line, ref lineStart);
            int column = at - lineStart + 1;
            if (at >= sql.Length)
            {
                tokens.Add(new Token(TokenKind.End, string.Empty, line, column, at, 0));
                return tokens;
            }

            int start = at, startLine = line;
            (TokenKind kind, string text) = One(sql, ref at, new Token(TokenKind.End, string.Empty, line, column, at, 0));
            tokens.Add(new Token(kind, text, startLine, column, start, at - start));
            for (int i = start; i < at; i++)
            {
                if (sql[i] == '\n')
                {
                    line++;
                    lineStart = i + 1;
                }
            }
        }
    }

    private static (TokenKind Kind, string Text) One(string sql, ref int at, Token here)
    {
        char c = sql[at];
        if (char.IsAsciiLetter(c) || c == '_')
        {
            if (StringStart(sql, at) is { } prefix)
            {
                at += prefix.Length;
                bool raw = prefix.Contains('r', StringComparison.OrdinalIgnoreCase);
                bool bytes = prefix.Contains('b', StringComparison.OrdinalIgnoreCase);
                return (bytes ? TokenKind.Bytes : TokenKind.Text, Quoted(sql, ref at, raw, here));
            }

            return (TokenKind.Name, Word(sql, ref at));
        }

        if (c is '\'' or '"')
        {
            return (TokenKind.Text, Quoted(sql, ref at, raw: false, here));
        }

        if (c == '`')
        {
            string name = Quoted(sql, ref at, raw: false, here);
            return name.Length > 0 ? (TokenKind.QuotedName, name) : throw here.Error("Syntax error: Invalid empty identifier");
        }

        if (char.IsAsciiDigit(c) || (c == '.' && at + 1 < sql.Length && char.IsAsciiDigit(sql[at + 1])))
        {
            return Number(sql, ref at);
        }

        if (c == '@')
        {
            at++;
            bool system = at < sql.Length && sql[at] == '@';
            at += system ? 1 : 0;
            string name = at < sql.Length && sql[at] == '`' ? Quoted(sql, ref at, raw: false, here) : Word(sql, ref at);
            return name.Length > 0 ? (system ? TokenKind.SystemVariable : TokenKind.Parameter, name) : throw here.Error("Syntax error: Unexpected \"@\"");
        }

        string? symbol = Array.Find(LongSymbols, s => string.CompareOrdinal(sql, here.Offset, s, 0, s.Length) == 0);
        symbol ??= "()[]{},;.+-*/=<>~&|^:?%".Contains(c, StringComparison.Ordinal) ? c.ToString() : throw here.Error($"Syntax error: Illegal input character \"{c}\"");
        at += symbol.Length;
        return (TokenKind.Symbol, symbol);
    }

    private static void SkipSpace(string sql, ref int at, ref int line, ref int lineStart)
    {
        while (at < sql.Length)
        {
            if (sql[at] == '\n')
            {
                line++;
                lineStart = ++at;
            }
            else if (char.IsWhiteSpace(sql[at]))
            {
                at++;
            }
            else if (sql[at] == '#' || (sql[at] == '-' && at + 1 < sql.Length && sql[at + 1] == '-'))
            {
                int end = sql.IndexOf('\n', at);
                at = end < 0 ? sql.Length : end;
            }
            else if (sql[at] == '/' && at + 1 < sql.Length && sql[at + 1] == '*')
            {
                int end = sql.IndexOf("*/", at + 2, StringComparison.Ordinal);
                end = end < 0 ? sql.Length : end + 2;
                for (; at < end; at++)
                {
                    if (sql[at] == '\n')
                    {
                        line++;
                        lineStart = at + 1;
                    }
                }
            }
            else
            {
                return;
            }
        }
    }

    private static string? StringStart(string sql, int at)
    {
        int end = at;
        while (end < sql.Length && end - at < 2 && "rRbB".Contains(sql[end], StringComparison.Ordinal))
        {
            end++;
        }

        return end > at && end < sql.Length && sql[end] is '\'' or '"' ? sql[at..end] : null;
    }

    private static string Word(string sql, ref int at)
    {
        int start = at;
        while (at < sql.Length && (char.IsAsciiLetterOrDigit(sql[at]) || sql[at] == '_'))
        {
            at++;
        }

        return sql[start..at];
    }

    private static (TokenKind Kind, string Text) Number(string sql, ref int at)
    {
        int start = at;
        if (sql[at] == '0' && at + 1 < sql.Length && sql[at + 1] is 'x' or 'X')
        {
            at += 2;
            while (at < sql.Length && char.IsAsciiHexDigit(sql[at]))
            {
                at++;
            }

            return (TokenKind.Integer, long.Parse(sql[(start + 2)..at], NumberStyles.HexNumber, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture));
        }

        bool isFloat = false;
        while (at < sql.Length)
        {
            char c = sql[at];
            if (c is '.' or 'e' or 'E')
            {
                isFloat = true;
                at += c != '.' && at + 1 < sql.Length && sql[at + 1] is '+' or '-' ? 2 : 1;
            }
            else if (char.IsAsciiDigit(c))
            {
                at++;
            }
            else
            {
                break;
            }
        }

        return (isFloat ? TokenKind.Float : TokenKind.Integer, sql[start..at]);
    }

    private static string Quoted(string sql, ref int at, bool raw, Token here)
    {
        char quote = sql[at];
        string close = quote != '`' && string.CompareOrdinal(sql, at, new string(quote, 3), 0, 3) == 0 ? new string(quote, 3) : quote.ToString();
        at += close.Length;
        StringBuilder text = new();
        while (at < sql.Length)
        {
            if (string.CompareOrdinal(sql, at, close, 0, close.Length) == 0)
            {
                at += close.Length;
                return text.ToString();
            }

            char c = sql[at];
            if (c == '\n' && close.Length == 1)
            {
                break;
            }

            if (c != '\\')
            {
                text.Append(c);
                at++;
            }
            else if (raw)
            {
                text.Append(c).Append(sql[Math.Min(at + 1, sql.Length - 1)]);
                at += 2;
            }
            else
            {
                Escape(sql, ref at, text, here);
            }
        }

        throw here.Error(quote == '`' ? "Syntax error: Unclosed identifier literal" : close.Length == 3 ? "Syntax error: Unclosed triple-quoted string literal" : "Syntax error: Unclosed string literal");
    }

    private static void Escape(string sql, ref int at, StringBuilder text, Token here)
    {
        char kind = at + 1 < sql.Length ? sql[at + 1] : '\0';
        at += 2;
        string plain = "abfnrtv\\?\"'`";
        int known = plain.IndexOf(kind, StringComparison.Ordinal);
        if (known >= 0)
        {
            text.Append("\a\b\f\n\r\t\v\\?\"'`"[known]);
            return;
        }

        int digits = kind switch { 'x' or 'X' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits == 0 || at + digits > sql.Length || !int.TryParse(sql.AsSpan(at, digits), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out int code) || !Rune.IsValid(code))
        {
            throw here.Error($"Syntax error: Illegal escape sequence: \\{kind}");
        }

        text.Append(new Rune(code).ToString());
        at += digits;
    }
}
