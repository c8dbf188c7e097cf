/* SPDX-License-Identifier: Apache-2.0 */
/** Experiments with streams of tasks: benchmarks, learners and the choice of their settings. */
@NullMarked
package io.github.dl4jcurvature.examples.continual;

import org.jspecify.annotations.NullMarked;
