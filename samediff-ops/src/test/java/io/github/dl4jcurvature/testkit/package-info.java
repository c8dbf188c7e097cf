/* SPDX-License-Identifier: Apache-2.0 */
/** Test kit of all modules: matrix assertions, seeds, random matrices, finite differences, golden cases, updater contract. */
@NullMarked
package io.github.dl4jcurvature.testkit;

import org.jspecify.annotations.NullMarked;
