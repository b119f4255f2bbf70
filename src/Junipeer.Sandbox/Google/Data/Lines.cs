using System.Text;

namespace Junipeer.Sandbox.Google.Data;

/// <summary>The lines of a stream with their byte positions. The memory of a line is valid until the next one is asked for.</summary>
internal static class Lines
{
    public static IEnumerable<(ReadOnlyMemory<byte> Line, long Position)> Of(Stream stream)
    {
        byte[] buffer = new byte[64 * 1024];
        int start = 0, end = 0;
        long position = 0;
        while (true)
        {
            int found = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (found >= 0)
            {
                yield return (buffer.AsMemory(start, found), position);
                start += found + 1;
                position += found + 1;
                continue;
            }

            if (start > 0)
            {
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                end -= start;
                start = 0;
            }

            if (end == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            int read = stream.Read(buffer, end, buffer.Length - end);
            if (read == 0)
            {
                if (end > start)
                {
                    yield return (buffer.AsMemory(start, end - start), position);
                }

                yield break;
            }

            end += read;
        }
    }
}

/// <summary>CSV with double quotes around values and doubled inside them.</summary>
internal static class Csv
{
    public static IEnumerable<(List<string> Cells, long Position)> Read(Stream stream, char delimiter)
    {
        foreach ((ReadOnlyMemory<byte> line, long position) in Lines.Of(stream))
        {
            string text = Encoding.UTF8.GetString(line.Span).TrimEnd('\r');
            if (text.Length > 0)
            {
                yield return (Split(text, delimiter), position);
            }
        }
    }

    private static List<string> Split(string line, char delimiter)
    {
        List<string> cells = [];
        StringBuilder cell = new();
        bool quoted = false;
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (quoted && c == '"' && i + 1 < line.Length && line[i + 1] == '"')
            {
                cell.Append('"');
                i++;
            }
            else if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == delimiter && !quoted)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else
            {
                cell.Append(c);
            }
        }

        cells.Add(cell.ToString());
        return cells;
    }
}
