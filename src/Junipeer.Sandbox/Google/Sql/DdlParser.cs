using Junipeer.Sandbox.Google.Data;

namespace Junipeer.Sandbox.Google.Sql;

internal sealed partial class Parser
{
    private Statement Create(Token at)
    {
        bool replace = AcceptAll("OR", "REPLACE");
        bool temporary = Accept("TEMP") || Accept("TEMPORARY");
        if (!replace && !temporary && Accept("SCHEMA"))
        {
            bool absent = AcceptAll("IF", "NOT", "EXISTS");
            return new CreateSchemaStatement(at, Path(), absent, Is("OPTIONS") ? Options() : []);
        }

        Expect("TABLE");
        bool ifNotExists = AcceptAll("IF", "NOT", "EXISTS");
        TablePath table = Path();
        (List<Field>? columns, List<string> key) = Is("(") ? Columns() : (null, []);
        Expr? partition = AcceptAll("PARTITION", "BY") ? Expression() : null;
        List<string> cluster = AcceptAll("CLUSTER", "BY") ? List(() => Name().Text) : [];
        List<TableOption> options = Is("OPTIONS") ? Options() : [];
        QueryNode? query = Accept("AS") ? Query() : null;
        if (columns is null && query is null)
        {
            throw Expected("AS");
        }

        return new CreateTableStatement(at, table)
        {
            Type = query is null ? "CREATE_TABLE" : "CREATE_TABLE_AS_SELECT",
            Temporary = temporary,
            IfNotExists = ifNotExists,
            OrReplace = replace,
            Columns = columns,
            PrimaryKey = key,
            PartitionBy = partition,
            ClusterBy = cluster,
            Options = options,
            Query = query,
        };
    }

    private (List<Field> Columns, List<string> Key) Columns()
    {
        List<Field> columns = [];
        List<string> key = [];
        Expect("(");
        do
        {
            if (AcceptAll("PRIMARY", "KEY"))
            {
                key = Parenthesised(() => Name().Text);
                Expect("NOT");
                Expect("ENFORCED");
            }
            else if (!Is(")"))
            {
                columns.Add(ColumnDefinition());
            }
        }
        while (Accept(","));
        Expect(")");
        return (columns, key);
    }

    private AlterTableStatement Alter(Token at)
    {
        Expect("TABLE");
        TablePath table = Path();
        if (AcceptAll("SET", "OPTIONS"))
        {
            _at--;
            return new AlterTableStatement(at, table, [], Options());
        }

        List<(Field, bool)> added = List(() =>
        {
            Expect("ADD");
            Expect("COLUMN");
            bool absent = AcceptAll("IF", "NOT", "EXISTS");
            return (ColumnDefinition(), absent);
        });
        return new AlterTableStatement(at, table, added, []);
    }
}
