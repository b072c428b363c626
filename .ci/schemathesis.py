# Read by schemathesis, as schemathesis.toml says: the bytes of a resumable upload are sent as any other bytes.
import schemathesis

schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
