/* SPDX-License-Identifier: Apache-2.0 */
/** Fisher statistics of Deeplearning4j networks: layer inputs and errors, Fisher-vector products, binding of updaters. */
@NullMarked
package io.github.dl4jcurvature.fisher;

import org.jspecify.annotations.NullMarked;
