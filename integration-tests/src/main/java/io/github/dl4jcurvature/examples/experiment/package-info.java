/* SPDX-License-Identifier: Apache-2.0 */
/** Comparison of optimisers: equal weights and batches, settings chosen on validation data, timed training. */
@NullMarked
package io.github.dl4jcurvature.examples.experiment;

import org.jspecify.annotations.NullMarked;
