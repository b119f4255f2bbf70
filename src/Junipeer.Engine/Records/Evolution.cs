namespace Junipeer.Records;

/// <summary>Properties the catalogue does not know, at known depth.</summary>
internal static class Evolution
{
    /// <summary>
    /// Remembers a scalar, so that the next one is found at once, and gives it a column of text; none where the name is that of
    /// a column the catalogue knows.
    /// </summary>
    public static FieldNode Add(string name, FieldNode owner, TableSchema table)
    {
        var path = owner.Path.Length == 0 ? name : $"{owner.Path}.{name}";
        var member = owner.Add(new FieldNode(name, path) { IsUnknown = true, Type = ColumnType.Text });
        var column = Names.ToSnake(path);
        if (column.Length == 0) return member;
        var index = table.IndexOf(column);
        if (index < 0) index = table.Add(new Column(column, path, ColumnType.Text) { IsEvolved = true });
        else if (!table.Columns[index].IsEvolved) return member;
        member.Column = index;
        return member;
    }
}
