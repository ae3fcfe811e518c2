"""A stand-in for ``lava.proc.embedded_io`` of Intel's extension, which is not public.

It has the signatures that public code calls, and no others: ``spike.PyToNxAdapter(shape,
num_message_bits)`` and ``spike.NxToPyAdapter(shape, num_message_bits)`` with the ports ``inp`` and
``out`` (lava-dl, tutorials/lava/lib/dl/netx; lava, networks/gradedvecnetwork.py). Its models pass
values through on CPU. What it proves is that our code calls these signatures, and no more.
"""
