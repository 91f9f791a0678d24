"""Two halves of the processor, to share a training among devices where there is only one."""

from contextlib import suppress

import tensorflow as tf

# Once something has been calculated it is too late; then those tests are skipped.
with suppress(RuntimeError):
    tf.config.set_logical_device_configuration(
        tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2
    )
