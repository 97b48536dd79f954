"""Four words that two people compare aloud.

Each byte selects a word: common nouns that are easy to say, no two of them a letter apart.
"""

from __future__ import annotations

SIZE = 4  # bytes: a guess is right once in 4,294,967,296

_LIST = """
acorn album amber anchor angel apple apron arrow atlas autumn award badger bakery ballet bamboo
banana barrel basket beacon beaver bicycle bishop blanket blossom bottle boulder bracelet branch
bridge broccoli bubble bucket buffalo bundle butter button cabin cactus camel candle canoe carpet
castle cedar cherry chimney circus citrus clarinet cobra coconut comet compass copper coral cottage
cotton coyote cradle crayon cricket crystal cushion daisy dancer dentist desert diamond dinner
doctor dolphin dragon drummer eagle echo elbow elephant emerald engine envelope evening fabric
falcon feather fence fiddle finger flamingo flute forest fossil fox freckle galaxy garden garlic
gazelle giant giraffe glacier glove goblet gorilla granite grape guitar hammer harbor harvest
hedgehog helmet hermit hiccup horizon hotel igloo indigo insect island ivory jacket jaguar jasmine
jelly jigsaw jungle kangaroo kayak kernel kettle kitchen kiwi koala ladder lagoon lantern lemon
leopard lettuce library lighthouse lobster lotus magnet mammoth mango maple marble meadow mermaid
meteor mirror monkey morning mosaic mountain muffin museum napkin narwhal nectar needle nickel
notebook nugget nutmeg oasis octopus olive onion opera orange orchard otter owl oyster palace panda
parrot peacock pebble pelican pencil pepper piano picnic pirate planet plum pony prairie pretzel
pumpkin puzzle pyramid quilt quiver rabbit raccoon radish rainbow raven ribbon river robin rocket
rooster saddle sailor salmon sandal saturn scarf school shadow sheriff silver sofa spider spoon
squirrel statue summer sunset swan tablet teapot temple tiger timber toast tomato tractor trumpet
tulip tunnel turtle umbrella unicorn valley vanilla velvet village violin volcano waffle walnut
whale willow window winter wizard yacht yogurt zebra zipper
"""
WORDS = tuple(_LIST.split())


def phrase_of(data: bytes) -> str:
    """Return the words of `SIZE` bytes, as "acorn violin otter museum"."""
    if len(data) != SIZE:
        raise ValueError(f"{len(data)} bytes instead of {SIZE}")
    return " ".join(WORDS[byte] for byte in data)
