using System.Runtime.InteropServices;
using System.Text;

namespace Junipeer.Records;

/// <summary>A property a document may have, and what becomes of it.</summary>
internal sealed class FieldNode(string name, string path)
{
    private readonly List<FieldNode> _members = [];
    private readonly Dictionary<string, FieldNode> _byName = new(StringComparer.Ordinal);

    public string Name { get; } = name;

    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(name);

    /// <summary>The path within its table's documents.</summary>
    public string Path { get; } = path;

    /// <summary>The column of its table, or -1.</summary>
    public int Column { get; set; } = -1;

    public ColumnType Type { get; set; }

    /// <summary>The child table its value fills, when it is a collection.</summary>
    public Collection? Collection { get; set; }

    /// <summary>True when the system answers the time of the request for "never".</summary>
    public bool NowIsNull { get; set; }

    /// <summary>True for the system's own change date of the record.</summary>
    public bool IsUpdated { get; set; }

    /// <summary>True for a property the catalogue does not know.</summary>
    public bool IsUnknown { get; set; }

    public IReadOnlyList<FieldNode> Members => _members;

    /// <summary>True for an object whose members are known: the depth to which evolution reaches.</summary>
    public bool IsObject => _members.Count > 0;

    /// <summary>The member a name means. Documents of a kind name their members in one order, so the one after the last is nearly always it.</summary>
    /// <param name="reader">Stands on the name.</param>
    /// <param name="next">Where to begin; moves on.</param>
    public FieldNode? Match(ref JsonWalker reader, ref int next)
    {
        var members = CollectionsMarshal.AsSpan(_members);
        var at = next;
        for (var i = 0; i < members.Length; i++, at++)
        {
            if (at >= members.Length) at = 0;
            if (!reader.ValueTextEquals(members[at].Utf8Name)) continue;
            next = at + 1;
            return members[at];
        }

        return null;
    }

    public FieldNode? Find(string name) => _byName.GetValueOrDefault(name);

    public FieldNode Add(FieldNode member)
    {
        _members.Add(member);
        _byName.Add(member.Name, member);
        return member;
    }

    /// <summary>The node at a path below this one, made where it is missing.</summary>
    public FieldNode Reach(string path)
    {
        var node = this;
        foreach (var segment in path.Split('.'))
            node = node.Find(segment) ?? node.Add(new FieldNode(segment, node.Path.Length == 0 ? segment : $"{node.Path}.{segment}"));
        return node;
    }
}

/// <summary>A child collection: its table and the shape of its elements.</summary>
internal sealed class Collection
{
    private FieldNode? _shown;

    public required CollectionKind Kind { get; init; }

    /// <summary>Index of its table in <see cref="ResourceSchema.Tables"/>.</summary>
    public required int Table { get; init; }

    /// <summary>Indexes of the tables below its own.</summary>
    public required IReadOnlyList<int> Descendants { get; init; }

    /// <summary>The shape of one element.</summary>
    public required FieldNode Element { get; init; }

    /// <summary>The shape as pipeline records show it: a position is the place in the array and needs no property.</summary>
    public FieldNode Shown => _shown ??= WithoutPosition();

    /// <summary>The first column that is its own and not its parent's key.</summary>
    public required int OwnKey { get; init; }

    /// <summary>Type of the own key; the map's key or a field of the element.</summary>
    public required ColumnType KeyType { get; init; }

    /// <summary>Name of the own key as pipeline records show it.</summary>
    public required string KeyName { get; init; }

    /// <summary>Column of the position, or -1.</summary>
    public required int PositionColumn { get; init; }

    private FieldNode WithoutPosition()
    {
        if (PositionColumn < 0) return Element;
        var element = new FieldNode("", "");
        foreach (var member in Element.Members)
        {
            if (member.Name != "position" && (member.Name != KeyName || Kind == CollectionKind.Array)) element.Add(member);
        }

        return element;
    }
}

/// <summary>
/// A document definition made ready for reading: the tree of properties, and the tables they fill. Made anew for every
/// export, since evolution adds to it.
/// </summary>
internal sealed class DocumentMap
{
    private readonly List<TableSchema> _tables = [];

    public DocumentMap(DocumentDefinition definition)
    {
        Definition = definition;
        Root = new FieldNode("", "");
        var columns = Columns(definition.Key.Concat(definition.Fields).ToArray());
        _tables.Add(new TableSchema(definition.Table, columns, definition.Key.Count, null));
        Place(Root, columns, 0);
        foreach (var path in definition.NowIsNull) Root.Reach(path).NowIsNull = true;
        if (definition.Updated is { } updated) Root.Reach(updated).IsUpdated = true;

        var inherited = definition.Key.Select(k => new Column(InheritedName(k.Path, definition.Resource), k.Path, k.Type)).ToArray();
        Descendants = AddChildren(Root, definition.Children, _tables[0], inherited);
        var date = columns.ToList().FindIndex(c => c.Path == definition.BusinessDate && c.Type == ColumnType.Instant);
        Schema = new ResourceSchema(definition.Resource, _tables) { Map = this, BusinessDate = date < 0 ? null : date };
    }

    public DocumentDefinition Definition { get; }

    public ResourceSchema Schema { get; }

    public FieldNode Root { get; }

    public IReadOnlyList<int> Descendants { get; }

    /// <summary>
    /// Columns of a record's own fields. Two paths that spell alike (<c>customerId</c>, <c>customer.id</c>) are told apart by
    /// the deeper one's dots: <c>customer__id</c>.
    /// </summary>
    private static Column[] Columns(IReadOnlyList<FieldDefinition> fields)
    {
        var shallow = fields.Where(f => !f.Path.Contains('.', StringComparison.Ordinal)).Select(f => Names.ToSnake(f.Path)).ToHashSet();
        return fields.Select(f =>
        {
            var name = Names.ToSnake(f.Path);
            var clashes = f.Path.Contains('.', StringComparison.Ordinal) && shallow.Contains(name);
            return new Column(clashes ? string.Join("__", f.Path.Split('.').Select(Names.ToSnake)) : name, f.Path, f.Type);
        }).ToArray();
    }

    private static string InheritedName(string key, string owner) =>
        key.ToLowerInvariant() is "id" or "position" or "code" or "type" ? $"{Names.ToSnake(owner)}_{key.ToLowerInvariant()}" : Names.ToSnake(key);

    /// <summary>A field that is spelled like a key of its owners says whose it is: <c>bundle_components_product_id</c>.</summary>
    private static string OwnName(string path, string collection, IReadOnlyList<Column> inherited)
    {
        var name = Names.ToSnake(path);
        return inherited.Any(c => c.Name == name) ? $"{Names.ToSnake(collection)}_{name}" : name;
    }

    private static void Place(FieldNode root, IReadOnlyList<Column> columns, int from)
    {
        for (var i = from; i < columns.Count; i++)
        {
            var node = root.Reach(columns[i].Path);
            node.Column = i;
            node.Type = columns[i].Type;
        }
    }

    private IReadOnlyList<int> AddChildren(
        FieldNode owner, IReadOnlyList<CollectionDefinition> definitions, TableSchema parent, IReadOnlyList<Column> inherited)
    {
        var below = new List<int>();
        foreach (var definition in definitions)
        {
            var index = _tables.Count;
            var keys = KeysOf(definition);
            var last = definition.Path.Length == 0 ? definition.Table : definition.Path.Split('.')[^1];
            var fields = definition.Kind == CollectionKind.CustomFields
                ? [new FieldDefinition("type", ColumnType.Text), new FieldDefinition("value", ColumnType.Text), new FieldDefinition("valueId", ColumnType.Integer)]
                : definition.Fields;
            var columns = inherited
                .Concat(keys.Select(k => new Column(Names.ToSnake(k.Path), k.Path, k.Type)))
                .Concat(fields.Select(f => new Column(OwnName(f.Path, last, inherited), f.Path, f.Type)))
                .ToArray();
            var table = new TableSchema(definition.Table, columns, inherited.Count + keys.Count, parent);
            _tables.Add(table);

            var element = new FieldNode("", "");
            Place(element, columns, inherited.Count);
            var handedDown = inherited.Concat(keys.Select(k => new Column(InheritedName(k.Path, last), k.Path, k.Type))).ToArray();
            var descendants = AddChildren(element, definition.Children, table, handedDown);
            (definition.Path.Length == 0 ? owner : owner.Reach(definition.Path)).Collection = new Collection
            {
                Kind = definition.Kind,
                Table = index,
                Descendants = descendants,
                Element = element,
                OwnKey = inherited.Count,
                KeyType = keys[0].Type,
                KeyName = keys[0].Path,
                PositionColumn = keys[^1].Path == "position" ? inherited.Count + keys.Count - 1 : -1,
            };
            below.Add(index);
            below.AddRange(descendants);
        }

        return below;
    }

    private static IReadOnlyList<FieldDefinition> KeysOf(CollectionDefinition definition)
    {
        var position = new FieldDefinition("position", ColumnType.Integer);
        return definition.Kind switch
        {
            CollectionKind.CustomFields => [new FieldDefinition("code", ColumnType.Text)],
            CollectionKind.MapOfArrays => [.. definition.Key, position],
            _ => definition.Key.Count > 0 ? definition.Key : [position],
        };
    }
}
