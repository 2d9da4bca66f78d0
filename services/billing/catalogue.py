"""What is for sale. A change of a plan here becomes its next version when the service starts; those who bought the one before keep it."""

from services.billing.tables.subscriptions import Offer, Package, Quotas

UNLIMITED = -1
_NONE = Quotas(tokens=0, posts=0, workspaces=0, members=0, requests=60)

# Prices in cents, credits in half-credits; quotas are of a month, but requests, which are of a minute.
PLANS = (
    Offer("HumanLite", "hiring", "5 AI interviews a month", 10_00, "USD", 10, "monthly", _NONE),
    Offer("HumanAdv", "hiring", "10 AI interviews a month", 20_00, "USD", 20, "monthly", _NONE),
    Offer("HumanPro", "hiring", "20 AI interviews a month", 30_00, "USD", 40, "monthly", _NONE),
    Offer("Free", "content", "To try it out", 0, "USD", 0, "monthly", Quotas(tokens=100, posts=5, workspaces=1, members=1, requests=60)),
    Offer(
        "Pro",
        "content",
        "For one who publishes",
        29_00,
        "USD",
        0,
        "monthly",
        Quotas(tokens=5_000, posts=100, workspaces=3, members=1, requests=300),
        14,
    ),
    Offer(
        "Team",
        "content",
        "For a team",
        99_00,
        "USD",
        0,
        "monthly",
        Quotas(tokens=20_000, posts=UNLIMITED, workspaces=10, members=10, requests=1200),
        14,
    ),
)

PACKAGES = (
    Package("ai-50", "ai", 100, 5_00, "USD"),
    Package("ai-100", "ai", 200, 9_00, "USD"),
    Package("ai-250", "ai", 500, 20_00, "USD"),
    Package("ai-500", "ai", 1_000, 35_00, "USD"),
)

# What a new personal organization gets once, in half-credits.
WELCOME = {"ai": 200}
