/* SPDX-License-Identifier: Apache-2.0 */
/** Tables, figures and pages that show the outcome of an experiment. */
@NullMarked
package io.github.dl4jcurvature.examples.report;

import org.jspecify.annotations.NullMarked;
