/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gn;

import io.github.dl4jcurvature.linalg.ColumnMajor;

/**
 * A solution U of \(A U \approx T\).
 *
 * @param parameters U, [m, k]
 * @param achieved A U, [n, k]
 * @param rank number of singular values of A that were kept
 * @param condition ratio of the largest to the smallest kept singular value
 */
record FeatureStep(ColumnMajor parameters, ColumnMajor achieved, int rank, double condition) {}
