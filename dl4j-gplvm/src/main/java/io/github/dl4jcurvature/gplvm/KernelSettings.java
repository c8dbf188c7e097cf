/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.io.Serializable;

/**
 * What is fixed of a kernel.
 *
 * @param family function of the distance
 * @param ard whether each dimension has a length scale
 * @param jitter added to the diagonal of the kernel matrix of the inducing points
 */
record KernelSettings(KernelFamily family, boolean ard, double jitter) implements Serializable {}
