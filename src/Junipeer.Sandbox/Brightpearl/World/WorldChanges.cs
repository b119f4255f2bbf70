using System.Text.Json;
using System.Text.Json.Nodes;

namespace Junipeer.Sandbox.Brightpearl.World;

/// <summary>A request to change the world that cannot be carried out; the message says why.</summary>
internal sealed class WorldChangeException(string message) : Exception(message);

/// <summary>
/// Changes to a living account, one after the other, chosen by the seed and by how many came before. Orders are
/// changed in OrderChanges, everything else in the other parts of this class.
/// </summary>
internal sealed partial class WorldChanges(BrightpearlSandbox sandbox, OrderFlow flow)
{
    private readonly Random _random = new(unchecked((sandbox.World?.Seed ?? 0) + 1_000_003));
    private Dictionary<string, Func<JsonElement, ActionResult>>? _actions;

    private WorldState World => sandbox.World;

    /// <summary>Stored dates have whole seconds: recorded answers end in .000 wherever something was stored.</summary>
    private long Now => sandbox.Clock.NowMs / 1000 * 1000;

    private Dictionary<string, Func<JsonElement, ActionResult>> Actions => _actions ??= new(StringComparer.OrdinalIgnoreCase)
    {
        ["create-order"] = CreateOrders,
        ["touch-order"] = a => Each(a, World.Orders, o => Save(Touched(o) with { StaffOwnerId = o.StaffOwnerId == 0 ? Staff() : 0 })),
        ["silent-edit-order"] = a => Each(a, World.Orders, o => Save(o with { Reference = $"{o.Reference} *{_random.Next(1000)}" })),
        ["edit-order-rows"] = a => Each(a, World.Orders, EditRows, o => o.Rows.Length > 0),
        ["add-order-row"] = a => Each(a, World.Orders, AddRow),
        ["remove-order-row"] = a => Each(a, World.Orders, o => Save(Touched(o) with { Rows = o.Rows[..^1] }), o => o.Rows.Length > 1),
        ["set-order-status"] = a => Each(a, World.Orders, o => Save(Touched(o) with { StatusId = Int(a, "statusId") ?? 3 })),
        ["ship-order"] = a => Each(a, World.Orders, o => Save(ShipAll(Touched(o))), o => o.Type == 1 && o.Shipping == 2),
        ["invoice-order"] = a => Each(a, World.Orders, o => Save(flow.Invoice(_random, Touched(o), Now, Staff())), o => o.InvoiceReference is null && o.Rows.Length > 0),
        ["delete-order"] = a => Each(a, World.Orders, DeleteOrder),
        ["create-order-note"] = a => Each(a, World.Orders, CreateNote),
        ["create-goods-out-note"] = a => Each(a, World.Orders, o => flow.MakeNote(_random, o, o.Rows, o.WarehouseId, Now, Staff())!.Id, o => o.Type == 1 && o.Shipping == 2 && o.Rows.Any(r => r.Stocked)),
        ["ship-goods-out-note"] = a => Each(a, World.GoodsOut, n => flow.Ship(_random, n, Now, Staff()).Id, n => n.ShippedOn == 0),
        ["pick-goods-out-note"] = a => Each(a, World.GoodsOut, PickNote, n => n.ShippedOn == 0),
        ["delete-goods-out-note"] = a => Each(a, World.GoodsOut, n => Delete(World.GoodsOut, n.Id), n => n.ShippedOn == 0),
        ["create-goods-in-note"] = a => Each(a, World.Orders, ReceiveOrder, o => o.Type == 2 && o.Rows.Any(r => r.Stocked)),
        ["create-payment"] = a => Each(a, World.Orders, CreatePayment, o => o.Net > 0),
        ["delete-payment"] = a => Each(a, World.CustomerPayments, p => Delete(World.CustomerPayments, p.Id)),
        ["create-journal"] = CreateJournals,
        ["reconcile-journal"] = a => Each(a, World.Journals, Reconcile, j => j.TaxReconciledDay == 0),
        ["create-product"] = CreateProducts,
        ["touch-product"] = a => Each(a, World.Products, p => Save(p with { UpdatedOn = Now, Featured = !p.Featured })),
        ["rename-product"] = a => Each(a, World.Products, p => Save(p with { UpdatedOn = Now, Name = Text(a, "name") ?? p.Name + " v2" })),
        ["archive-product"] = a => Each(a, World.Products, p => Save(p with { UpdatedOn = Now, Status = "ARCHIVED" })),
        ["delete-product"] = a => Each(a, World.Products, DeleteProduct),
        ["change-price"] = a => Each(a, World.Prices, p => ChangePrice(a, p)),
        ["change-stock"] = a => Each(a, World.Products, p => ChangeStock(a, p), p => p.StockTracked),
        ["allocate"] = a => Each(a, World.Products, p => Allocate(a, p), p => p.StockTracked),
        ["create-contact"] = CreateContacts,
        ["touch-contact"] = a => Each(a, World.Contacts, c => Save(c with { UpdatedOn = Now, Newsletter = !c.Newsletter })),
        ["rename-contact"] = a => Each(a, World.Contacts, c => Save(c with { UpdatedOn = Now, LastName = Text(a, "name") ?? c.LastName + "-Ny" })),
        ["delete-contact"] = a => Each(a, World.Contacts, c => Delete(World.Contacts, c.Id), c => !c.IsStaff),
        ["set-custom-field"] = SetCustomField,
        ["create"] = CreateInList,
        ["rename"] = RenameInList,
        ["delete"] = DeleteInList,
        ["create-brand"] = a => CreateIn("brand", a),
        ["rename-brand"] = a => RenameIn("brand", a),
        ["delete-brand"] = a => DeleteIn("brand", a),
    };

    public IEnumerable<string> Names => Actions.Keys;

    /// <summary>Carries out actions in order; each answers the ids it changed.</summary>
    public JsonArray Apply(JsonElement actions)
    {
        JsonArray results = [];
        lock (World.Gate)
        {
            foreach (JsonElement action in actions.EnumerateArray())
            {
                string name = Text(action, "do") ?? throw new WorldChangeException("Each action needs \"do\".");
                if (!Actions.TryGetValue(name, out Func<JsonElement, ActionResult>? run))
                {
                    throw new WorldChangeException($"There is no action '{name}'. Known: {string.Join(", ", Names)}.");
                }

                ActionResult result = run(action);
                JsonObject answer = new() { ["do"] = name, ["ids"] = new JsonArray([.. result.Ids.Select(i => (JsonNode)i)]) };
                foreach ((string key, JsonNode? value) in result.More)
                {
                    answer[key] = value;
                }

                results.Add((JsonNode)answer);
            }
        }

        return results;
    }

    /// <summary>Runs a change on the documents named by id, ids, or chosen as often as count says (default 1).</summary>
    private ActionResult Each<T>(JsonElement action, Table<T> table, Func<T, int> change, Func<T, bool>? fits = null)
        where T : class
    {
        ActionResult result = new();
        int[]? ids = Ids(action);
        if (ids is not null)
        {
            foreach (int id in ids)
            {
                T document = table[id] ?? throw new WorldChangeException($"There is no {typeof(T).Name} {id}.");
                if (fits is not null && !fits(document))
                {
                    throw new WorldChangeException($"{typeof(T).Name} {id} is not in a state for this action.");
                }

                result.Ids.Add(change(document));
            }

            return result;
        }

        int count = Int(action, "count") ?? 1;
        for (int i = 0; i < count; i++)
        {
            T? document = null;
            for (int tries = 0; tries < 400 && document is null; tries++)
            {
                T? candidate = table.Pick(_random);
                document = candidate is not null && (fits is null || fits(candidate)) ? candidate : null;
            }

            document ??= table.Rows().FirstOrDefault(d => fits is null || fits(d)) ?? throw new WorldChangeException($"No {typeof(T).Name} is in a state for this action.");
            result.Ids.Add(change(document));
        }

        return result;
    }

    private int Staff() => World.Contacts.Rows().First(c => c.IsStaff).Id;

    private static int Delete<T>(Table<T> table, int id)
        where T : class
    {
        table.Remove(id);
        return id;
    }

    private int Save(Order order)
    {
        World.Orders.Put(order.Id, order);
        return order.Id;
    }

    private int Save(Product product)
    {
        World.Products.Put(product.Id, product);
        return product.Id;
    }

    private int Save(Contact contact)
    {
        World.Contacts.Put(contact.Id, contact);
        return contact.Id;
    }

    private static int[]? Ids(JsonElement action)
    {
        if (action.TryGetProperty("ids", out JsonElement many) && many.ValueKind == JsonValueKind.Array)
        {
            return [.. many.EnumerateArray().Select(e => e.GetInt32())];
        }

        return Int(action, "id") is { } id ? [id] : null;
    }

    private static int? Int(JsonElement action, string name) => action.TryGetProperty(name, out JsonElement value)
        ? value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number : throw new WorldChangeException($"\"{name}\" must be a whole number.")
        : null;

    private static bool? Flag(JsonElement action, string name) => action.TryGetProperty(name, out JsonElement value)
        ? value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw new WorldChangeException($"\"{name}\" must be true or false.")
        : null;

    private static string? Text(JsonElement action, string name) => action.TryGetProperty(name, out JsonElement value)
        ? value.ValueKind == JsonValueKind.String ? value.GetString() : throw new WorldChangeException($"\"{name}\" must be text.")
        : null;

    private sealed class ActionResult
    {
        public List<int> Ids { get; } = [];

        public Dictionary<string, JsonNode?> More { get; } = [];
    }
}
