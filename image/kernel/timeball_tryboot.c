// SPDX-License-Identifier: MIT OR GPL-2.0
/*
 * Loading this asks the Raspberry Pi's boot code to read tryboot.txt in place of config.txt at the next restart, once.
 * The kernels of the board's maker do that when a restart has the argument "0 tryboot"; Debian's does not.
 */
#include <linux/module.h>
#include <linux/of.h>
#include <soc/bcm2835/raspberrypi-firmware.h>

/* Tag of the property mailbox: flags of the next restart, of which bit 0 is "tryboot". */
#define SET_REBOOT_FLAGS ((enum rpi_firmware_property_tag)0x00038064)

static int __init timeball_tryboot_init(void)
{
	struct device_node *node = of_find_compatible_node(NULL, NULL, "raspberrypi,bcm2835-firmware");
	struct rpi_firmware *firmware = node ? rpi_firmware_get(node) : NULL;
	u32 flags = 1;
	int failure;

	of_node_put(node);
	if (!firmware)
		return -ENODEV;
	failure = rpi_firmware_property(firmware, SET_REBOOT_FLAGS, &flags, sizeof(flags));
	rpi_firmware_put(firmware);
	return failure;
}

static void __exit timeball_tryboot_exit(void)
{
}

module_init(timeball_tryboot_init);
module_exit(timeball_tryboot_exit);
MODULE_DESCRIPTION("Asks the Raspberry Pi's boot code for a trial start");
MODULE_LICENSE("Dual MIT/GPL");
