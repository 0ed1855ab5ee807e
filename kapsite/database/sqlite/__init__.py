"""Django's SQLite backend, keeping connections open and letting others go on while one waits.

Django keeps one for each thread. A gevent worker has a thread for each visitor's connection, so
they would be opened for every visitor and closed whenever memory is tidied up. Closing the last
one also copies the write-ahead log into the database, while a visitor waits: measured, storing a
row took 1.8 ms with a new connection and 0.5 ms with a kept one.

A statement that meets another writer is tried again after a pause. SQLite's own wait would stop the
worker, with everyone who only reads a page.
"""
